/// A set of periods, as bits.
struct PeriodBits {
    static let countMax = 1024

    private var words: InlineArray<16, UInt64> = .init(repeating: 0)
    private let wordCount: Int  // As many as matter.

    init(count: Int) {
        precondition((0...Self.countMax).contains(count), "there are at most 1024 periods")
        wordCount = (count + 63) / 64
    }

    @inline(__always)
    mutating func removeAll() { for word in 0..<wordCount { words[word] = 0 } }

    @inline(__always)
    mutating func insert(_ period: Int) { words[period >> 6] |= 1 << UInt64(period & 63) as UInt64 }

    @inline(__always)
    func contains(_ period: Int) -> Bool { words[period >> 6] >> UInt64(period & 63) & 1 != 0 }

    /// −1 without any.
    @inline(__always)
    var last: Int {
        for word in (0..<wordCount).reversed() where words[word] != 0 {
            return word << 6 | (63 &- words[word].leadingZeroBitCount)
        }
        return -1
    }

    /// How many periods of the set come before one.
    @inline(__always)
    func count(before period: Int) -> Int {
        var count = 0
        for word in 0..<min(period >> 6, wordCount) { count &+= words[word].nonzeroBitCount }
        guard period >> 6 < wordCount else { return count }
        return count &+ (words[period >> 6] & (1 << UInt64(period & 63) &- 1)).nonzeroBitCount
    }

    /// The first period of the set from one on; `Int.max` where there is none.
    @inline(__always)
    func next(from period: Int) -> Int {
        var word = period >> 6
        guard word < wordCount else { return .max }
        var bits = words[word] & (.max << UInt64(period & 63))
        while bits == 0 {
            word &+= 1
            guard word < wordCount else { return .max }
            bits = words[word]
        }
        return word << 6 | bits.trailingZeroBitCount
    }

    /// Calls `visit` for each period of the set, in ascending order.
    @inline(__always)
    func forEach(_ visit: (Int) -> Void) {
        for word in 0..<wordCount {
            var bits = words[word]
            while bits != 0 {
                visit(word << 6 | bits.trailingZeroBitCount)
                bits &= bits &- 1
            }
        }
    }
}
