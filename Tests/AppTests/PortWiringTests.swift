import Base
import Collect
import Decide
import Domain
import Journal
import Store
import TestSupport
import Testing

@testable import App

@Suite struct PortWiringTests {
    private func decision() throws -> Decision {
        let subject = try #require(Subject(kind: .product, id: "1"))
        return Decision(
            id: DecisionID(validated: "d1"), person: PersonID(validated: "ana"), time: WallClock.now(),
            channel: .unknown, surface: "home", policy: "ftrl-1", model: "m", floor: 0,
            candidates: [Decision.Candidate(subject: subject, probability: 1)],
            choices: [Decision.Choice(subject: subject, position: 1, probability: 1, score: nil, reasons: [])],
            context: JSONObject())
    }

    @Test func aDecisionWhoseIdIsKnownIsNotRecorded() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path("journal"))
        let store = try ControlStore(
            path: folder.path("control.sqlite"), options: ControlStoreOptions(now: WallClock.now))
        let key = try await store.settings.dedupKey()
        let ports = PortWiring(journal: journal, store: store, key: key, limits: CollectLimits(), plan: PlanSlot(.none))
            .decidePorts
        let decision = try decision()
        try await ports.record(decision)
        await #expect(throws: DecideError.notRecorded(reason: "another decision has its id")) {
            try await ports.record(decision)
        }
        #expect(journal.sequenceEnd == 1)
        await journal.close()
    }
}
