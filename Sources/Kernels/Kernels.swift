/// Kernels: filled by its first part.
