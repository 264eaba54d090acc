/// What a survival curve asks: how long after a start something happens, in whole units of time.
///
/// In the masks bit 0 says that an event may start, bit 1 that it is what is waited for, and bit 2 + g, where there are
/// groups, that a start belongs to group g.
public struct SurvivalPlan: Sendable {
    public static let unitCountMax = 4096
    public static let groupCountMax = 30  // Bits of a mask that are left.

    let startsMs: Range<Int64>
    let endMs: Int64
    let unitMs: Int64
    let occurrence: Int
    let startMayEnd: Bool
    let isFirstOnly: Bool
    public let unitCount: Int
    public let groupCount: Int
    let hasGroups: Bool

    /// - Parameters:
    ///   - startsMs: A person is followed where their start lies here.
    ///   - endMs: The end of observation: later events are not seen, and who waits then is cut off.
    ///   - unitMs: Durations are rounded down to this.
    ///   - unitCount: The horizon: who waits as long is cut off there.
    ///   - occurrence: Which start of the person counts, from 1 for the very first on.
    ///   - startMayEnd: An event that is both a start and what is waited for ends at once; else it only starts.
    ///   - isFirstOnly: People to whom it happened before their start are left out.
    ///   - groupCount: 0 for everybody in one.
    public init(
        startsMs: Range<Int64>, endMs: Int64, unitMs: Int64, unitCount: Int, occurrence: Int, startMayEnd: Bool,
        isFirstOnly: Bool, groupCount: Int
    ) {
        precondition(unitMs > 0 && (1...Self.unitCountMax).contains(unitCount), "there are 1...4096 units")
        precondition(occurrence >= 1 && (0...Self.groupCountMax).contains(groupCount), "a start, and bits for groups")
        self.startsMs = startsMs
        self.endMs = endMs
        self.unitMs = unitMs
        self.unitCount = unitCount
        self.occurrence = occurrence
        self.startMayEnd = startMayEnd
        self.isFirstOnly = isFirstOnly
        self.groupCount = max(1, groupCount)
        hasGroups = groupCount > 0
    }

    /// Of one group: for each duration of 0 to `unitCount` units, for how many it happened, and how many were cut off.
    public var rowLength: Int { 2 * (unitCount + 1) }
    public var cellCount: Int { groupCount * rowLength }
}
