/// Stretches of time side by side: stretch p is `boundaries[p]..<boundaries[p + 1]`.
public struct PeriodBounds: Sendable {
    private static let pieceCountMax = 2048  // Few enough to stay in the cache beside the events.

    let boundariesMs: [Int64]  // Ascending; the last is where the last stretch ends.
    private let starts: [UInt32]  // For equal pieces of the whole time, the stretch that each begins in.
    private let shift: Int64  // A piece has 2^shift ms.

    /// - Precondition: At least two boundaries, ascending.
    public init(_ boundariesMs: [Int64]) {
        precondition(boundariesMs.count >= 2, "a stretch has two ends")
        precondition(zip(boundariesMs, boundariesMs.dropFirst()).allSatisfy { $0 < $1 }, "boundaries ascend")
        self.boundariesMs = boundariesMs
        let lastMs = UInt64(bitPattern: boundariesMs[boundariesMs.count - 1] &- 1 &- boundariesMs[0])
        var shift: Int64 = 0
        while lastMs >> UInt64(shift) >= Self.pieceCountMax { shift += 1 }
        self.shift = shift
        var stretch = 0
        starts = (0...lastMs >> UInt64(shift)).map { piece in
            let beginMs = boundariesMs[0] &+ Int64(bitPattern: piece << UInt64(shift))
            while boundariesMs[stretch + 1] <= beginMs { stretch += 1 }
            return UInt32(stretch)
        }
    }

    public var count: Int { boundariesMs.count - 1 }
    public var beginMs: Int64 { boundariesMs[0] }
    public func range(of stretch: Int) -> Range<Int64> { boundariesMs[stretch]..<boundariesMs[stretch + 1] }
    public var endMs: Int64 { boundariesMs[boundariesMs.count - 1] }

    /// The stretch that a time lies in: that in which its piece begins, or one of the next ones.
    ///
    /// - Precondition: The time lies in one of them.
    /// - Complexity: O(1) where stretches are longer than pieces, else O(stretches that share the piece).
    @inline(__always)
    func stretch(of timeMs: Int64) -> Int {
        let bounds = boundariesMs.span
        let elapsedMs = UInt64(bitPattern: timeMs &- bounds[0])
        var stretch = Int(starts.span[Int(truncatingIfNeeded: elapsedMs >> UInt64(shift))])
        while timeMs >= bounds[stretch &+ 1] { stretch &+= 1 }
        return stretch
    }

    /// Nil before the first stretch and after the last.
    public func stretch(at timeMs: Int64) -> Int? { timeMs >= beginMs && timeMs < endMs ? stretch(of: timeMs) : nil }
}
