/// A funnel in codes, with the tables that turn an event's codes into the set of steps it can be.
public struct FunnelPlan: Sendable {
    public static let stepCountMax = 32

    /// One step: an event of this name, and where a filter is given, of this channel and this kind of subject.
    public struct Step: Sendable {
        public let name: UInt16
        public let channel: UInt8?
        public let kind: UInt8?

        public init(name: UInt16, channel: UInt8? = nil, kind: UInt8? = nil) {
            self.name = name
            self.channel = channel
            self.kind = kind
        }
    }

    public let steps: [Step]
    public let windowMs: Int64
    public let timesMs: Range<Int64>
    let stepsByName: [UInt32]  // Bit k: the name of step k. One entry for each of the 2¹⁶ codes: no bounds to check.
    let stepsByChannel: [UInt32]  // 2⁸ entries.
    let stepsByKind: [UInt32]  // 2⁸ entries.
    let isFiltered: Bool  // Whether channel and kind matter at all.
    let coversAllTime: Bool

    /// - Parameters:
    ///   - windowMs: From the first step to the last, inclusive.
    ///   - timesMs: Events outside it do not exist for the funnel.
    /// - Precondition: 1 through `stepCountMax` steps and a window from 0 through 2⁶⁰ ms.
    public init(steps: [Step], windowMs: Int64, timesMs: Range<Int64>, coversAllTime: Bool = false) {
        precondition((1...Self.stepCountMax).contains(steps.count), "a funnel has 1...32 steps")
        precondition((0...1 << 60).contains(windowMs), "a window is not negative, and no sum with it overflows")
        self.steps = steps
        self.windowMs = windowMs
        self.timesMs = timesMs
        self.coversAllTime = coversAllTime
        isFiltered = steps.contains { $0.channel != nil || $0.kind != nil }
        var byName = [UInt32](repeating: 0, count: 1 << 16)
        var byChannel = [UInt32](repeating: 0, count: 1 << 8)
        var byKind = byChannel
        for (k, step) in steps.enumerated() {
            let bit: UInt32 = 1 << UInt32(k)
            byName[Int(step.name)] |= bit
            for code in 0..<256 where step.channel.map({ Int($0) == code }) ?? true { byChannel[code] |= bit }
            for code in 0..<256 where step.kind.map({ Int($0) == code }) ?? true { byKind[code] |= bit }
        }
        stepsByName = byName
        stepsByChannel = byChannel
        stepsByKind = byKind
    }

    /// Cells of the result of `funnelCounts`: one for each channel, or a single one, by level 0 through `steps.count`.
    public func cellCount(isByChannel: Bool) -> Int { (isByChannel ? 256 : 1) * (steps.count + 1) }
}
