/// Learning: filled by its first part.
