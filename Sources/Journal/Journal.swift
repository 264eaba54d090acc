/// Journal: filled by its first part.
