import Base
import Domain
import Store
import Testing

@Suite struct QualityStoreTests {
    private let key = AlarmKey(
        event: EventName(validated: "paid"), source: SourceName(validated: "shop"), part: .drift)
    private let one = EventTime(clampingUnixMs: 1)
    private let two = EventTime(clampingUnixMs: 2)

    @Test func aRuleIsKeptUntilItIsTakenBack() async throws {
        let test = try TestStore()
        let rule = try QualityRule(json: ["validity_min": 0.5])
        try await test.store.quality.set(rule, of: key.event)
        #expect(try await test.another().quality.rules() == [key.event: rule])
        try await test.store.quality.set(nil, of: key.event)
        #expect(try await test.store.quality.rules().isEmpty)
    }

    @Test func anAlarmIsOpenOnceClearedAndMayComeAgain() async throws {
        let test = try TestStore()
        let quality = test.store.quality
        for _ in 0..<2 { try await quality.raise(key, value: 0.5, bound: 0.25, at: one) }
        let open = try await quality.alarms(isOpen: true, before: nil, countMax: 9)
        #expect(open.map(\.key) == [key] && open[0].value == 0.5 && open[0].raisedAt == one)
        let known = try await quality.acknowledge(open[0].id, by: "user:ana", at: two)
        #expect(known?.acknowledgedBy == "user:ana")
        #expect(try await quality.acknowledge(open[0].id, by: "user:bo", at: two) == known)
        #expect(try await quality.acknowledge(99, by: "user:bo", at: two) == nil)
        try await quality.clear(key, at: two)
        try await quality.raise(key, value: 0.6, bound: 0.25, at: two)
        let all = try await quality.alarms(isOpen: false, before: nil, countMax: 9)
        #expect(all.map(\.value) == [0.6, 0.5] && all.map(\.clearedAt) == [nil, two])
        #expect(try await quality.alarms(isOpen: true, before: all[0].id, countMax: 9).isEmpty)
    }
}
