/// HTTPServer: filled by its first part.
