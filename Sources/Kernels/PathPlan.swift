/// What paths ask, in codes: where they begin, what their steps are, and where they end.
///
/// Bit 0 of an event's mask says that it is an anchor. The bits behind it are the named steps; or, where every event is
/// a step under its own name, those that are none.
public struct PathPlan: Sendable {
    public static let depthMax = 8

    /// How many of someone's anchors begin a path.
    public enum Counting: Sendable {
        case people  // Their first.
        case sessions  // The first of each stretch of steps that no gap parts.
        case occurrences  // Each.
    }

    let counting: Counting
    let isBackward: Bool
    let depth: Int
    let timesMs: Range<Int64>
    let gapMs: Int64
    let windowMs: Int64
    let isFolded: Bool
    let isByChannel: Bool
    let isNamed: Bool

    /// - Parameters:
    ///   - isBackward: Whether the steps before the anchor are followed, from it back, and not those behind it.
    ///   - depth: How many steps are followed, the anchor not among them: 1 through `depthMax`.
    ///   - timesMs: Where anchors lie; steps may lie outside.
    ///   - gapMs: A step that lies further from the one before it ends the path.
    ///   - windowMs: So does one that lies further from the anchor.
    ///   - isFolded: Steps of one node in a row are one step, and begin one path at most.
    ///   - isByChannel: Whether a step in another channel is another node.
    ///   - isNamed: Whether the bits behind the anchor's are the steps; else they are those events that are none.
    public init(
        counting: Counting, isBackward: Bool, depth: Int, timesMs: Range<Int64>, gapMs: Int64, windowMs: Int64,
        isFolded: Bool, isByChannel: Bool, isNamed: Bool
    ) {
        precondition((1...Self.depthMax).contains(depth), "paths have 1...8 steps behind the anchor")
        precondition(gapMs >= 0 && windowMs >= 0, "spans of time")
        self.counting = counting
        self.isBackward = isBackward
        self.depth = depth
        self.timesMs = timesMs
        self.gapMs = gapMs
        self.windowMs = windowMs
        self.isFolded = isFolded
        self.isByChannel = isByChannel
        self.isNamed = isNamed
    }

    /// The node of an event, or `PathNodeCode.none` where it is no step.
    ///
    /// - Precondition: `position` lies within the columns.
    @unsafe @inline(__always)
    func node(at position: Int, masks: Span<UInt32>, names: Span<UInt16>, channels: Span<UInt8>) -> UInt32 {
        let mask = unsafe masks[unchecked: position]
        var node: UInt32
        if isNamed {
            guard mask != 0 else { return PathNodeCode.none }
            node = UInt32(truncatingIfNeeded: mask.trailingZeroBitCount)
        } else {
            guard mask <= 1 || mask & 1 != 0 else { return PathNodeCode.none }
            node = unsafe UInt32(names[unchecked: position])
        }
        if isByChannel { node |= unsafe UInt32(channels[unchecked: position]) << PathNodeCode.channelShift }
        return node
    }
}

/// The code of a path's node: below, the number of the named step (0 is the anchor) or the code of the event's name;
/// above, the code of the channel where channels are told apart.
public enum PathNodeCode {
    static let none = UInt32.max
    static let channelShift: UInt32 = 16

    public static func base(_ code: UInt32) -> UInt16 { UInt16(truncatingIfNeeded: code) }
    public static func channel(_ code: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: code >> channelShift) }
}
