/// Measure: filled by its first part.
