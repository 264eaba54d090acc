/// Timeline: filled by its first part.
