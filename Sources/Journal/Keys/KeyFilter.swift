import Base
private import CPrefetch

/// Tells of most keys that they are not in a run, without looking at the disk: a Bloom filter whose bits for one key
/// lie in one block of 32 bytes, so that a look costs one cache line.
///
/// With 12 bits a key, about one foreign key in 200 seems to be there. Filled by one thread, then shared and only read.
///
/// Source: Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", WEA 2007; the block and its
/// multipliers are those of Apache Parquet (`BloomFilter.md`).
@safe
final class KeyFilter: Sendable {
    private static let bitsPerKey = 12
    private static let multipliers = SIMD8<UInt32>(
        0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31)

    // At one place for life, on a bound of cache lines; written only before others know of the filter.
    private nonisolated(unsafe) let blocks: UnsafeMutableBufferPointer<SIMD8<UInt32>>

    init(keyCountMax: Int) {
        let blockBits = MemoryLayout<SIMD8<UInt32>>.size * 8
        let count = max(1, (keyCountMax * Self.bitsPerKey + blockBits - 1) / blockBits)
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: count * MemoryLayout<SIMD8<UInt32>>.stride, alignment: 64)
        unsafe blocks = bytes.bindMemory(to: SIMD8<UInt32>.self)
        unsafe blocks.initialize(repeating: .zero)
    }

    deinit { unsafe blocks.deallocate() }

    var byteCount: Int { unsafe blocks.count * MemoryLayout<SIMD8<UInt32>>.stride }

    func insert(_ key: Hash128) { unsafe blocks[place(of: key)] |= Self.bits(of: key) }

    func contains(_ key: Hash128) -> Bool {
        let bits = Self.bits(of: key)
        return unsafe blocks[place(of: key)] & bits == bits
    }

    /// Asks for the block of a key that will be looked up soon.
    func prefetch(_ key: Hash128) { unsafe cprefetch_read(blocks.baseAddress.map { unsafe $0 + place(of: key) }) }

    /// By the high word, so that a run, which is sorted, fills the blocks from front to back.
    private func place(of key: Hash128) -> Int {
        unsafe Int(key.high.multipliedFullWidth(by: UInt64(blocks.count)).high)
    }

    private static func bits(of key: Hash128) -> SIMD8<UInt32> {
        let hash = UInt32(truncatingIfNeeded: key.low >> 32)  // The index in memory goes by the other half.
        return SIMD8(repeating: 1) &<< ((SIMD8(repeating: hash) &* multipliers) &>> 27)
    }
}
