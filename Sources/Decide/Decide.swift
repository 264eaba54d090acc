/// Decide: filled by its first part.
