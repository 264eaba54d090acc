/// Statistics: filled by its first part.
