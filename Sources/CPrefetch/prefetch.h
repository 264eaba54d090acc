#pragma once

/// Asks for the cache line at `address`, to be read soon. A hint: no address does harm.
static inline void cprefetch_read(const void *_Nullable address) { __builtin_prefetch(address, 0, 3); }
