import API
import Domain
import Quality
import Synchronization
import TestSupport

/// The plan's store in memory, with the behaviour that its ports promise.
final class PlanRecord: Sendable {
    private struct State {
        var draft = PlanDraft(plan: .empty, revision: 0, changedAt: nil, changedBy: "")
        var versions: [PlanVersion] = []
        var inForce: Int64?
    }

    private let state = Mutex(State())

    var enforced: EnforcedPlan { EnforcedPlan(inForce) }

    private var inForce: PlanVersion? {
        state.withLock { state in state.versions.first { $0.version == state.inForce } }
    }

    func ports(_ quality: QualityState, _ clock: ManualClock) -> PlanPorts {
        PlanPorts(
            draft: { self.state.withLock { $0.draft } }, inForce: { self.inForce },
            version: { number in self.state.withLock { $0.versions.first { $0.version == number } } },
            versions: { before, countMax in
                self.state.withLock { state in
                    Array(state.versions.reversed().filter { $0.version < before ?? .max }.prefix(countMax))
                }
            },
            setDraft: { plan, revision, actor in
                self.state.withLock { state in
                    guard state.draft.revision == revision else { return nil }
                    state.draft = PlanDraft(
                        plan: plan, revision: revision + 1, changedAt: clock.now, changedBy: actor)
                    return state.draft
                }
            },
            freeze: { revision, note, actor in
                self.state.withLock { state in
                    guard state.draft.revision == revision else { return nil }
                    let version = PlanVersion(
                        version: Int64(state.versions.count + 1), plan: state.draft.plan, frozenAt: clock.now,
                        frozenBy: actor, note: note)
                    state.versions.append(version)
                    state.inForce = version.version
                    return version
                }
            },
            setInForce: { version in
                self.state.withLock { state in
                    guard version == nil || state.versions.contains(where: { $0.version == version }) else {
                        return false
                    }
                    state.inForce = version
                    return true
                }
            }, quality: quality)
    }
}
