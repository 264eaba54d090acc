import Base
import Domain
import Store
import TestSupport
import Testing

@Suite struct PlanStoreTests {
    private let time = EventTime(clampingUnixMs: 7)

    private func plan(_ names: String...) throws -> TrackingPlan {
        try #require(
            TrackingPlan(
                events: names.compactMap { PlannedEvent(name: EventName(validated: $0), fields: []) }))
    }

    @Test func anEmptyStoreHasAnEmptyDraftAndNothingInForce() async throws {
        let test = try TestStore()
        let plans = test.store.plan
        #expect(try await plans.draft() == PlanDraft(plan: .empty, revision: 0, changedAt: nil, changedBy: ""))
        #expect(try await plans.inForce() == nil)
        #expect(try await plans.setInForce(1) == false)
    }

    @Test func aDraftThatSomeoneChangedIsNotOverwritten() async throws {
        let test = try TestStore()
        let plans = test.store.plan
        let first = try await plans.setDraft(try plan("a"), from: 0, by: "ana", at: time)
        #expect(first?.revision == 1)
        #expect(try await plans.setDraft(try plan("b"), from: 0, by: "bo", at: time) == nil)
        #expect(try await plans.freeze(revision: 0, note: "", by: "bo", at: time) == nil)
        #expect(try await plans.draft() == first)
    }

    @Test func versionsStayAndAnyOfThemComesBackIntoForce() async throws {
        let test = try TestStore()
        let plans = test.store.plan
        for (revision, name) in ["a", "b"].enumerated() {
            _ = try await plans.setDraft(try plan(name), from: Int64(revision), by: "ana", at: time)
            _ = try await plans.freeze(revision: Int64(revision + 1), note: name, by: "ana", at: time)
        }
        #expect(try await plans.inForce()?.version == 2)
        #expect(try await plans.setInForce(1))
        let another = try test.another().plan
        #expect(try await another.inForce()?.plan == (try plan("a")))
        #expect(try await another.draft().plan == (try plan("b")))
        #expect(try await another.versions(before: nil, countMax: 9).map(\.version) == [2, 1])
        #expect(try await another.versions(before: 2, countMax: 9).map(\.note) == ["a"])
        #expect(try await plans.setInForce(nil))
        #expect(try await plans.inForce() == nil)
    }
}
