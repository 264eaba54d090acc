/// Collect: filled by its first part.
