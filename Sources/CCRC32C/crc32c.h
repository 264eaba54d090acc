#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

/// Whether the processor has an instruction for CRC-32C.
static inline int ccrc32c_is_available(void) {
    unsigned int a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2);
}

/// Goes on from `crc`, which is not inverted, and does not invert the result.
///
/// Only where `ccrc32c_is_available`.
__attribute__((target("sse4.2"))) static inline uint32_t ccrc32c_update(
    uint32_t crc, const uint8_t *_Nullable bytes, size_t count) {
    uint64_t wide = crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    for (; count > 0; bytes++, count--) crc = __builtin_ia32_crc32qi(crc, *bytes);
    return crc;
}
#else
static inline int ccrc32c_is_available(void) { return 0; }
static inline uint32_t ccrc32c_update(uint32_t crc, const uint8_t *_Nullable bytes, size_t count) { return crc; }
#endif
