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

extension Span<Int64> {
    /// The period that a time lies in, where these are the bounds of periods: `period`, which that of the event before
    /// was, or a later one.
    ///
    /// - Precondition: `period` is one, and the time lies before the last bound and not before `period`.
    @inline(__always)
    func period(of timeMs: Int64, from period: Int) -> Int {
        guard timeMs >= self[period + 1] else { return period }
        var (low, high) = (period + 1, count - 2)
        while low < high {
            let middle = (low + high + 1) / 2
            if self[middle] <= timeMs { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
