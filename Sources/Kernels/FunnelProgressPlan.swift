/// A funnel whose events come as masks: bit k for step k, and behind the steps a bit for each event that must not
/// happen between two of them.
public struct FunnelProgressPlan: Sendable {
    public enum Order: Sendable {
        case ordered  // Other events may lie between the steps.
        case strict  // No other event of the person may.
        case any  // The steps in whatever order; level k is k of them.
    }

    /// What must not happen while a chain has reached `steps.lowerBound` and not yet `steps.upperBound`; steps count
    /// from 0.
    public struct Exclusion: Sendable {
        let steps: Range<Int>

        public init(steps: Range<Int>) { self.steps = steps }
    }

    public static let stepCountMax = 16

    public let stepCount: Int
    let order: Order
    let windowMs: Int64  // From the first step to the last, inclusive.
    let stepWindowsMs: [Int64]  // Shape [steps]: from the step before, inclusive; the first has no meaning.
    let timesMs: Range<Int64>
    let stepBits: UInt32
    let exclusionBits: UInt32
    let killed: [UInt32]  // Shape [exclusions]: the levels, as bits of their last steps, that it ends.

    /// - Precondition: 1 through `stepCountMax` steps, at most 32 bits in all, windows from 0 through 2⁶⁰ ms, and
    ///   exclusions within the steps.
    public init(
        stepCount: Int, order: Order, windowMs: Int64, stepWindowsMs: [Int64?] = [], exclusions: [Exclusion] = [],
        timesMs: Range<Int64>
    ) {
        precondition((1...Self.stepCountMax).contains(stepCount), "a funnel has 1...16 steps")
        precondition(stepCount + exclusions.count <= FilterTables.countMax, "a mask has 32 bits")
        precondition((0...1 << 60).contains(windowMs), "a window is not negative, and no sum with it overflows")
        precondition(exclusions.allSatisfy { $0.steps.lowerBound >= 0 && $0.steps.upperBound < stepCount })
        self.stepCount = stepCount
        self.order = order
        self.windowMs = windowMs
        self.stepWindowsMs = (0..<stepCount).map { step in
            min(step < stepWindowsMs.count ? stepWindowsMs[step] ?? 1 << 60 : 1 << 60, 1 << 60)
        }
        self.timesMs = timesMs
        stepBits = (1 << UInt32(stepCount)) - 1
        exclusionBits = ((1 << UInt32(exclusions.count)) - 1) << UInt32(stepCount)
        killed = exclusions.map { exclusion in exclusion.steps.reduce(0) { $0 | 1 << UInt32($1) } }
    }
}
