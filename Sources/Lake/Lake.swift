/// Lake: filled by its first part.
