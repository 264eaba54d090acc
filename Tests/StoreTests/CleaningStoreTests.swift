import Base
import Domain
import Store
import Testing

@Suite struct CleaningStoreTests {
    private let store: ControlStore
    private let time = EventTime(clampingUnixMs: 1_780_000_000_000)

    init() throws {
        store = try ControlStore(path: ":memory:", options: ControlStoreOptions { EventTime(clampingUnixMs: 0) })
    }

    private func rate(_ day: String, _ text: String) throws -> CurrencyRate {
        let (day, exact) = (try #require(CalendarDay(day)), try #require(ExactDecimal(text)))
        return try #require(CurrencyRate(day: day, from: .usd, to: .cny, rate: exact, source: "bank"))
    }

    @Test func aNewStoreReadsAllByTheFirstVersion() async throws {
        let record = try await store.cleaning.record()
        #expect(record.spans == [CleaningSpan(sequenceStart: 0, version: 0)])
        #expect(record.versions.map(\.steps) == [[]])
        #expect(record.rates.isEmpty)
        #expect(try await store.cleaning.rerun() == nil)
    }

    @Test func eachVersionHoldsFromItsRecordOnAndKnowsTheRatesOfItsTime() async throws {
        let steps: JSON = [["step": "text", "on": true]]
        _ = try await store.cleaning.add(
            steps: steps, rates: [], author: "user:ana", note: "a", from: 10, at: time)
        let record = try await store.cleaning.add(
            steps: nil, rates: [try rate("2026-01-01", "7.1"), try rate("2026-01-02", "7.2")], author: "user:bo",
            note: "", from: 20, at: time)
        #expect(record.spans.map(\.version) == [0, 1, 2] && record.spans.map(\.sequenceStart) == [0, 10, 20])
        #expect(record.versions.map(\.rateIDMax) == [0, 0, 2])
        #expect(record.versions.map(\.steps) == [[], steps, steps], "without steps of its own it has those before it")
        #expect(record.rates.map(\.rate.rate.text) == ["7.1", "7.2"])
        #expect(try await store.cleaning.hold(1, from: 20).spans.last?.version == 1, "no event lay between")
        #expect(try await store.cleaning.versions(before: nil, countMax: 2).map(\.number) == [2, 1])
        #expect(try await store.cleaning.versions(before: 1, countMax: 2).map(\.number) == [0])
        #expect(try await store.cleaning.version(1)?.note == "a")
        #expect(try await store.cleaning.version(9) == nil)
        #expect(try await store.cleaning.rates(before: 2, countMax: 5).map(\.id) == [1])
    }

    @Test func aRerunThatIsDoneLeavesOneSpan() async throws {
        _ = try await store.cleaning.add(steps: [], rates: [], author: "a", note: "", from: 10, at: time)
        try await store.cleaning.beginRerun(of: 1, author: "user:ana", at: time)
        #expect(try await store.cleaning.rerun()?.state == .running)
        await #expect(throws: DatabaseError.self) { try await store.cleaning.beginRerun(of: 0, author: "b", at: time) }
        #expect(
            try await store.cleaning.endRerun(done: 1, at: time).spans == [CleaningSpan(sequenceStart: 0, version: 1)])
        #expect(try await store.cleaning.rerun()?.state == .done)
        try await store.cleaning.beginRerun(of: 0, author: "user:ana", at: time)
        #expect(try await store.cleaning.endRerun(done: nil, at: time).spans.map(\.version) == [1])
        #expect(try await store.cleaning.rerun()?.state == .cancelled)
    }

    @Test func aSpanNeedsItsVersion() async throws {
        await #expect(throws: DatabaseError.self) { _ = try await store.cleaning.hold(5, from: 0) }
        #expect(try await store.cleaning.record().spans.count == 1)
    }
}
