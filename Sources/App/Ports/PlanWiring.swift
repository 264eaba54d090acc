import API
import Domain
import Quality
import Store
import Synchronization

/// The plan in force, for those who ask for it with every request: a reference is handed over, nothing is copied.
final class PlanSlot: Sendable {
    private let slot: Mutex<EnforcedPlan>

    init(_ plan: EnforcedPlan) { slot = Mutex(plan) }

    var plan: EnforcedPlan { slot.withLock { $0 } }

    func put(_ plan: EnforcedPlan) { slot.withLock { $0 = plan } }
}

extension PlanPorts {
    init(_ store: PlanStore, _ slot: PlanSlot, _ quality: QualityState) {
        self.init(
            draft: { () throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in try await store.draft() }
            },
            inForce: { () throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in try await store.inForce() }
            },
            version: { number throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in try await store.version(number) }
            },
            versions: { before, countMax throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in
                    try await store.versions(before: before, countMax: countMax)
                }
            },
            setDraft: { plan, revision, actor throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in
                    try await store.setDraft(plan, from: revision, by: actor, at: WallClock.now())
                }
            },
            freeze: { revision, note, actor throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in
                    let frozen = try await store.freeze(revision: revision, note: note, by: actor, at: WallClock.now())
                    if frozen != nil { slot.put(EnforcedPlan(try await store.inForce())) }
                    return frozen
                }
            },
            setInForce: { version throws(ReadFailure) in
                try await PortWiring.read { () async throws(DatabaseError) in
                    let isThere = try await store.setInForce(version)
                    if isThere { slot.put(EnforcedPlan(try await store.inForce())) }
                    return isThere
                }
            },
            quality: quality)
    }
}
