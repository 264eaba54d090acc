private import Base
private import Domain
internal import Timeline

/// Where a person stands between coming and going, by when they first and last did something.
public struct Lifecycle: Sendable, Equatable {
    public enum Stage: String, Sendable, CaseIterable {
        case new  // Came lately.
        case active
        case quiet  // Between active and dormant.
        case dormant
        case returned  // Active again, after having been dormant.
        case unseen  // Did nothing themselves so far.
    }

    public let stage: Stage
    public let orders: Int
    public let evidence: Evidence  // The events that the stage rests on: the last, the first, the one before a return.

    /// - Parameter entries: Newest first, none later than `timeMs`.
    init(_ entries: [TimelineEntry], at timeMs: Int64, rules: ProfileRules) {
        let own = entries.filter(\.name.isOwnAct)
        orders = entries.count { $0.name == .orderPaid }
        guard let last = own.first, let first = own.last else {
            (stage, evidence) = (.unseen, Evidence())
            return
        }
        let (sinceLast, sinceFirst) = (timeMs - last.time.unixMs, timeMs - first.time.unixMs)
        let ends = first == last ? [last] : [last, first]
        if sinceLast >= rules.dormantAfter.count {
            (stage, evidence) = (.dormant, Evidence(ends))
        } else if sinceFirst < rules.newWithin.count {
            (stage, evidence) = (.new, Evidence(ends))
        } else if sinceLast >= rules.activeWithin.count {
            (stage, evidence) = (.quiet, Evidence(ends))
        } else {
            let gap = zip(own, own.dropFirst()).first { newer, older in
                timeMs - newer.time.unixMs < rules.activeWithin.count
                    && newer.time.unixMs - older.time.unixMs >= rules.dormantAfter.count
            }
            stage = gap == nil ? .active : .returned
            evidence = Evidence(gap.map { [$0.0, $0.1] } ?? ends)
        }
    }
}
