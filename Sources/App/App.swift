/// App: filled by its first part.
