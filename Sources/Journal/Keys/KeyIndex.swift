import Base
private import CPrefetch

/// Keys of records, in memory: open addressing with linear probing over 128-bit words.
///
/// Memory: 16 bytes a slot, between 3/8 and 3/4 of the slots in use. Not for concurrent use.
struct KeyIndex: Sendable {
    private var words: [UInt64]  // A slot's two side by side, so that a look costs one cache line.
    private(set) var count = 0

    init(countExpected: Int = 0) {
        var slots = 1024
        while slots * 3 / 4 < countExpected { slots *= 2 }
        words = .init(repeating: 0, count: slots * 2)
    }

    var byteCount: Int { words.count * 8 }

    func contains(_ key: Hash128) -> Bool { !isFree(slot(of: key)) }

    /// Asks for the places of keys that will be looked up soon: a large index lies outside the caches, and its misses
    /// pass side by side instead of one after the other.
    func prefetch(_ keys: some Sequence<Hash128>) {
        unsafe words.withUnsafeBufferPointer { words in
            guard let start = words.baseAddress else { return }
            for key in keys { unsafe cprefetch_read(start + 2 * home(of: key)) }
        }
    }

    /// - Returns: False where the key was there.
    mutating func insert(_ key: Hash128) -> Bool {
        if count + 1 > slotCount * 3 / 4 { grow() }
        let slot = slot(of: key)
        guard isFree(slot) else { return false }
        put(Self.words(of: key), at: slot)
        count += 1
        return true
    }

    /// All keys, as a run has them.
    func sorted() -> [Hash128] {
        var keys: [Hash128] = []
        keys.reserveCapacity(count)
        for slot in 0..<slotCount where !isFree(slot) {
            keys.append(Hash128(high: words[2 * slot], low: words[2 * slot + 1]))
        }
        keys.sort { $0.isBefore($1) }
        return keys
    }

    private var slotCount: Int { words.count / 2 }

    private func isFree(_ slot: Int) -> Bool { words[2 * slot] == 0 && words[2 * slot + 1] == 0 }

    private mutating func put(_ pair: (high: UInt64, low: UInt64), at slot: Int) {
        (words[2 * slot], words[2 * slot + 1]) = pair
    }

    private func home(of key: Hash128) -> Int { Int(truncatingIfNeeded: Self.words(of: key).low) & (slotCount - 1) }

    /// Where the key is, or the free slot where it belongs.
    private func slot(of key: Hash128) -> Int {
        let want = Self.words(of: key)
        var slot = home(of: key)
        while !isFree(slot) {
            if words[2 * slot] == want.high, words[2 * slot + 1] == want.low { return slot }
            slot = (slot + 1) & (slotCount - 1)
        }
        return slot
    }

    /// All zeros marks a free slot, so that one key in 2¹²⁸ is moved to its neighbour.
    private static func words(of key: Hash128) -> (high: UInt64, low: UInt64) {
        key.high == 0 && key.low == 0 ? (0, 1) : (key.high, key.low)
    }

    private mutating func grow() {
        let old = words
        words = .init(repeating: 0, count: old.count * 2)
        for index in stride(from: 0, to: old.count, by: 2) where old[index] != 0 || old[index + 1] != 0 {
            put((old[index], old[index + 1]), at: slot(of: Hash128(high: old[index], low: old[index + 1])))
        }
    }
}
