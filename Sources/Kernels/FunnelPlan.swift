/// A funnel in codes.
public struct FunnelPlan: Sendable {
    public static let stepCountMax = FilterTables.countMax

    public let steps: [CodedFilter]
    public let windowMs: Int64
    public let timesMs: Range<Int64>
    let tables: FilterTables  // Bit k: the event can be step k.
    let coversAllTime: Bool

    /// - Parameters:
    ///   - windowMs: From the first step to the last, inclusive.
    ///   - timesMs: Events outside it do not exist for the funnel.
    /// - Precondition: 1 through `stepCountMax` steps and a window from 0 through 2⁶⁰ ms.
    public init(steps: [CodedFilter], windowMs: Int64, timesMs: Range<Int64>, coversAllTime: Bool = false) {
        precondition((1...Self.stepCountMax).contains(steps.count), "a funnel has 1...32 steps")
        precondition((0...1 << 60).contains(windowMs), "a window is not negative, and no sum with it overflows")
        self.steps = steps
        self.windowMs = windowMs
        self.timesMs = timesMs
        self.coversAllTime = coversAllTime
        tables = FilterTables(steps)
    }

    /// Cells of the result of `funnelCounts`: one for each channel, or a single one, by level 0 through `steps.count`.
    public func cellCount(isByChannel: Bool) -> Int { (isByChannel ? 256 : 1) * (steps.count + 1) }
}
