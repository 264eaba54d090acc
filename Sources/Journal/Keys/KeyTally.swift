import Base

/// How many records with a key a stretch of the journal has, and the sum of their keys: two stretches that are not the
/// same differ in one of them, but for one chance in 2¹²⁸.
struct KeyTally: Equatable, Sendable {
    private(set) var count: UInt64 = 0
    private(set) var high: UInt64 = 0
    private(set) var low: UInt64 = 0

    init() {}

    init(count: UInt64, high: UInt64, low: UInt64) {
        self.count = count
        self.high = high
        self.low = low
    }

    mutating func add(_ key: Hash128) { add(KeyTally(count: 1, high: key.high, low: key.low)) }

    mutating func add(_ other: KeyTally) {
        count &+= other.count
        high &+= other.high
        low &+= other.low
    }
}

/// The keys of a stretch of the journal, in memory.
struct KeyStretch: Sendable {
    private(set) var index: KeyIndex
    private(set) var tally = KeyTally()
    private(set) var sequences: Range<UInt64>

    /// - Parameter sequence: Where the stretch begins.
    init(from sequence: UInt64, countExpected: Int = 0) {
        index = KeyIndex(countExpected: countExpected)
        sequences = sequence..<sequence
    }

    mutating func insert(_ key: Hash128) {
        tally.add(key)
        _ = index.insert(key)
    }

    /// Says how far the keys reach that were inserted.
    mutating func extend(to sequenceEnd: UInt64) { sequences = sequences.lowerBound..<sequenceEnd }
}

extension Hash128 {
    /// The order of keys in a run.
    func isBefore(_ other: Hash128) -> Bool { (high, low) < (other.high, other.low) }
}
