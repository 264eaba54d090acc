import API
import Base
import Collect
import Domain
import Quality
import Store

/// Where the report on quality comes from: what was seen, the ledger of the sources, the rules and the plan.
struct QualityDesk: Sendable {
    let quality: QualityState
    let ledger: SourceLedger
    let store: QualityStore
    let plan: PlanSlot

    func report(at now: EventTime) async throws(DatabaseError) -> [EventQuality] {
        let rules = try await store.rules()
        return quality.report(at: now, rules: rules, sources: { days(of: $0, at: now) }, plan: plan.plan)
    }

    private func days(of source: SourceName, at now: EventTime) -> SourceDays {
        SourceDays(
            days: QualityState.dayRanges(at: now).map { range in
                let counts = ledger.series(of: source, range, by: .hour).map(\.counts)
                return counts.reduce((duplicates: 0, of: 0)) { sum, counts in
                    (sum.duplicates + counts.duplicate, sum.of + counts.elements)
                }
            })
    }
}

extension QualityPorts {
    init(_ desk: QualityDesk) {
        let store = desk.store
        self.init(
            report: { now throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in try await desk.report(at: now) }
            },
            rules: { () throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in try await store.rules() }
            },
            setRule: { rule, event throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in try await store.set(rule, of: event) }
            },
            alarms: { isOpen, before, countMax throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in
                    try await store.alarms(isOpen: isOpen, before: before, countMax: countMax)
                }
            },
            acknowledge: { id, actor throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in
                    try await store.acknowledge(id, by: actor, at: WallClock.now())
                }
            })
    }
}
