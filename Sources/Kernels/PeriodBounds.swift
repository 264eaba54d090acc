/// Stretches of time side by side: stretch p is `boundaries[p]..<boundaries[p + 1]`.
public struct PeriodBounds: Sendable {
    let boundariesMs: [Int64]  // Ascending; the last is where the last stretch ends.

    /// - Precondition: At least two boundaries, ascending.
    public init(_ boundariesMs: [Int64]) {
        precondition(boundariesMs.count >= 2, "a stretch has two ends")
        precondition(zip(boundariesMs, boundariesMs.dropFirst()).allSatisfy { $0 < $1 }, "boundaries ascend")
        self.boundariesMs = boundariesMs
    }

    public var count: Int { boundariesMs.count - 1 }
    public var beginMs: Int64 { boundariesMs[0] }
    public var endMs: Int64 { boundariesMs[boundariesMs.count - 1] }

    /// The stretch that a time lies in: `guess`, which that of the event before was, or a later one.
    ///
    /// - Precondition: The time lies in `guess` or later, and before `endMs`.
    /// - Complexity: O(1) in the stretch of `guess`, else O(log n).
    @inline(__always)
    func stretch(of timeMs: Int64, from guess: Int) -> Int {
        let bounds = boundariesMs.span
        guard timeMs >= bounds[guess + 1] else { return guess }
        var (low, high) = (guess + 1, count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if bounds[middle] <= timeMs { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Nil before the first stretch and after the last.
    public func stretch(at timeMs: Int64) -> Int? {
        timeMs >= beginMs && timeMs < endMs ? stretch(of: timeMs, from: 0) : nil
    }
}
