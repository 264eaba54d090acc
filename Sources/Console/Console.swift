/// Console: filled by its first part.
