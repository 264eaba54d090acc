/// Store: filled by its first part.
