import Base

/// The keys of all records: open addressing with linear probing over 128-bit words.
///
/// Memory: 16 bytes a slot, between 3/8 and 3/4 of the slots in use. Not for concurrent use.
struct KeyIndex {
    private var high: [UInt64]
    private var low: [UInt64]
    private(set) var count = 0

    init(countExpected: Int = 0) {
        var slots = 1024
        while slots * 3 / 4 < countExpected { slots *= 2 }
        high = .init(repeating: 0, count: slots)
        low = high
    }

    var byteCount: Int { high.count * 16 }

    func contains(_ key: Hash128) -> Bool {
        let slot = slot(of: key)
        return high[slot] != 0 || low[slot] != 0
    }

    /// - Returns: False where the key was there.
    mutating func insert(_ key: Hash128) -> Bool {
        if count + 1 > high.count * 3 / 4 { grow() }
        let slot = slot(of: key)
        guard high[slot] == 0, low[slot] == 0 else { return false }
        (high[slot], low[slot]) = Self.words(key)
        count += 1
        return true
    }

    /// Where the key is, or the free slot where it belongs.
    private func slot(of key: Hash128) -> Int {
        let (wantHigh, wantLow) = Self.words(key)
        let mask = high.count - 1
        var slot = Int(truncatingIfNeeded: wantLow) & mask
        while high[slot] != 0 || low[slot] != 0 {
            if high[slot] == wantHigh, low[slot] == wantLow { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// All zeros marks a free slot, so that one key in 2¹²⁸ is moved to its neighbour.
    private static func words(_ key: Hash128) -> (UInt64, UInt64) {
        key.high == 0 && key.low == 0 ? (0, 1) : (key.high, key.low)
    }

    private mutating func grow() {
        let (oldHigh, oldLow) = (high, low)
        high = .init(repeating: 0, count: oldHigh.count * 2)
        low = high
        for index in oldHigh.indices where oldHigh[index] != 0 || oldLow[index] != 0 {
            let slot = slot(of: Hash128(high: oldHigh[index], low: oldLow[index]))
            (high[slot], low[slot]) = (oldHigh[index], oldLow[index])
        }
    }
}
