/// API: filled by its first part.
