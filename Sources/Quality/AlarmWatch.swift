public import Domain

/// What is to be done with the alarms after one look at the quality.
public enum AlarmChange: Sendable, Equatable {
    case raise(AlarmKey, value: Double, bound: Double)
    case clear(AlarmKey)
}

/// Decides which alarms are raised and cleared. One bad look raises none and one good look clears none; between its
/// bound and the margin behind it an alarm stays as it is, so that it does not flutter.
public struct AlarmWatch: Sendable {
    public static let looksToRaise = 2  // In a row.
    public static let looksToClear = 3

    private var bad: [AlarmKey: Int] = [:]
    private var good: [AlarmKey: Int] = [:]

    public init() {}

    /// - Parameter open: The alarms that are raised and not cleared.
    public mutating func look(_ report: [EventQuality], open: Set<AlarmKey>) -> [AlarmChange] {
        var changes: [AlarmChange] = []
        var (bad, good) = ([AlarmKey: Int](), [AlarmKey: Int]())
        for quality in report {
            for part in quality.parts {
                let key = AlarmKey(event: quality.key.event, source: quality.key.source, part: part.part)
                if open.contains(key) {
                    // What does not come any more is no trouble of today.
                    guard part.isClear || quality.accepted == 0 && part.sampleCount == 0 else { continue }
                    good[key] = (self.good[key] ?? 0) + 1
                    if good[key] == Self.looksToClear { changes.append(.clear(key)) }
                } else if part.isBeyond, let value = part.value {
                    bad[key] = (self.bad[key] ?? 0) + 1
                    if bad[key] == Self.looksToRaise {
                        changes.append(.raise(key, value: value, bound: part.bound))
                    }
                }
            }
        }
        (self.bad, self.good) = (bad, good)
        return changes
    }
}
