import API
import Base
import Cleaning
import Collect
import Decide
import Domain
import Foundation
import Identities
import Journal
import Store
import TestSupport
import Testing
import Timeline

@testable import App

/// What `serve` makes of one data folder, without its doors.
private struct Plant {
    let journal: Journal
    let store: ControlStore
    let state: DerivedState
    let projector: Projector
    let control: CleaningControl

    init(_ folder: String) async throws {
        let folder = try DataFolder(creating: folder)
        let log = Log(levelMin: .error, now: WallClock.now)
        journal = try Journal(directory: folder.journal)
        store = try ControlStore(path: folder.control, options: ControlStoreOptions(now: WallClock.now))
        let erasures = try await Erasures(
            journal: journal, key: store.settings.dedupKey(), done: store.erasures.doneSequences())
        state = try DerivedState(
            folder: folder, journal: journal, options: DecideOptions(), identityRules: IdentityRules(),
            orderRules: try Configuration().orderRules, catalogue: [:], plan: PlanSlot(.none), erasures: erasures,
            history: try CleaningHistory(await store.cleaning.record()), log: log)
        projector = Projector(journal: journal, state: state, snapshotInterval: .hours(1), log: log)
        control = CleaningControl(
            journal: journal, store: store, view: state.view, erasures: erasures, projector: projector, log: log)
        projector.start()
    }

    func close() async {
        await control.stop()
        await projector.stop()
        await journal.close()
    }

    /// Events on disk and in all that is derived.
    func take(_ events: [Event]) async throws {
        _ = try await journal.append(events.map { JournalRecord(key: nil, payload: EventCodec.encode($0)) })
        while projector.sequenceEnd < journal.sequenceEnd { try await Task.sleep(for: .milliseconds(1)) }
    }

    func endRerun() async throws {
        for _ in 0..<5000 {
            if try await store.cleaning.rerun()?.state == .done, await control.progress == nil { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        Issue.record("the re-run does not end")
    }

    /// Events by channel, and how many are left out.
    var numbers: [String: Int] {
        get throws {
            let timelines = state.view.timelines
            var numbers: [String: Int] = [:]
            for row in try timelines.counted.snapshot().counts(CountQuery(isByChannel: true, sumsValues: true)) {
                numbers[row.channel?.text ?? ""] = row.events
                for sum in row.values { numbers[sum.currency.code, default: 0] += Int(sum.minor) }
            }
            numbers["apart"] = timelines.marked.snapshot().eventCount
            return numbers
        }
    }
}

@Suite struct CleaningControlTests {
    private static let steps: JSON = [
        ["step": "traffic", "on": true, "bots": ["patterns": ["spider"]]],
        ["step": "units", "on": true, "reporting_currency": "CNY"],
        ["step": "aliases", "on": true, "channels": [["from": "tiktok", "to": "douyin"]]],
    ]

    private static func events(_ range: Range<Int>) -> [Event] {
        let time = EventTime(clampingUnixMs: 1_780_000_000_000)
        return range.map { index in
            Event(
                id: EventID(validated: "e\(index)"), source: SourceName(validated: "web"),
                person: PersonID(validated: "p\(index % 7)"), name: .orderPaid,
                channel: Channel(validated: index % 2 == 0 ? "tiktok" : "douyin"), time: time, receivedAt: time,
                value: Money(minor: 100, currency: .usd),
                properties: index % 10 == 0 ? JSONObject([.init(name: "user_agent", value: "spider")]) : JSONObject())
        }
    }

    private static let asReceived = ["tiktok": 50, "douyin": 50, "USD": 10_000, "apart": 0]
    private static let cleaned = ["douyin": 90, "CNY": 64_080, "apart": 10]

    private static func rate() throws -> CurrencyRate {
        let (day, exact) = (try #require(CalendarDay("2026-01-01")), try #require(ExactDecimal("7.12")))
        return try #require(CurrencyRate(day: day, from: .usd, to: .cny, rate: exact, source: "test"))
    }

    @Test func aVersionHoldsFromTheNextEventOn() async throws {
        let folder = try TemporaryDirectory()
        let plant = try await Plant(folder.path("data"))
        try await plant.take(Self.events(0..<50))
        let made = try await plant.control.add(
            steps: Self.steps, rates: [try Self.rate()], author: "user:ana", note: "first")
        #expect(made.number == 1 && made.author == "user:ana")
        try await plant.take(Self.events(50..<100))
        #expect(
            try plant.numbers
                == ["tiktok": 25, "douyin": 25 + 45, "USD": 5000, "CNY": 32_040, "apart": 5])
        let before = try plant.numbers
        await plant.close()
        let again = try await Plant(folder.path("data"))
        #expect(again.state.view.timelines.counted.sequenceEnd > 0, "the snapshot is used")
        #expect(try again.numbers == before)
        let wiring = PortWiring(
            journal: again.journal, store: again.store, key: try await again.store.settings.dedupKey(),
            limits: CollectLimits(), history: { again.state.view.history })
        let shown = try await wiring.events([90, 92, 2]).map { $0?.channel.text }
        #expect(shown == ["douyin", "douyin", "tiktok"], "pages read as the timeline was made")
        await again.close()
    }

    @Test func historyReadAgainThereAndBackGivesTheSameNumbers() async throws {
        let folder = try TemporaryDirectory()
        let plant = try await Plant(folder.path("data"))
        try await plant.take(Self.events(0..<100))
        #expect(try plant.numbers == Self.asReceived)
        let made = try await plant.control.add(
            steps: Self.steps, rates: [try Self.rate()], author: "user:ana", note: "")
        #expect(try plant.numbers == Self.asReceived)
        for (version, want) in [(made.number, Self.cleaned), (0, Self.asReceived), (made.number, Self.cleaned)] {
            try await plant.control.rerun(version, author: "user:ana")
            try await plant.endRerun()
            #expect(try plant.numbers == want)
            #expect(plant.state.view.history.spans == [CleaningSpan(sequenceStart: 0, version: version)])
            #expect(try await plant.store.cleaning.rerun()?.state == .done)
        }
        try await plant.take(Self.events(100..<110))
        #expect(try plant.numbers["apart"] == 11)
        await plant.close()
    }

    @Test func aRerunThatWasCutOffIsGoneOnWithByTheNextStart() async throws {
        let folder = try TemporaryDirectory()
        let plant = try await Plant(folder.path("data"))
        try await plant.take(Self.events(0..<100))
        let made = try await plant.control.add(
            steps: Self.steps, rates: [try Self.rate()], author: "user:ana", note: "")
        await plant.close()
        let killed = try ControlStore(
            path: folder.path("data/control.sqlite"), options: ControlStoreOptions(now: WallClock.now))
        try await killed.cleaning.beginRerun(of: made.number, author: "user:ana", at: WallClock.now())
        let again = try await Plant(folder.path("data"))
        #expect(try again.numbers == Self.asReceived)
        try await again.control.resume()
        try await again.endRerun()
        #expect(try again.numbers == Self.cleaned)
        await again.close()
    }

    @Test func aSnapshotOfAnotherHistoryIsNotUsed() async throws {
        let folder = try TemporaryDirectory()
        let plant = try await Plant(folder.path("data"))
        try await plant.take(Self.events(0..<100))
        let made = try await plant.control.add(
            steps: Self.steps, rates: [try Self.rate()], author: "user:ana", note: "")
        await plant.close()
        let store = try ControlStore(
            path: folder.path("data/control.sqlite"), options: ControlStoreOptions(now: WallClock.now))
        try await store.cleaning.endRerun(done: made.number, at: WallClock.now())  // The kill came right behind it.
        let again = try await Plant(folder.path("data"))
        try await again.take([])
        #expect(try again.numbers == Self.cleaned)
        await again.close()
    }

    @Test func aRerunMayBeCancelledAndNothingElseChangesMeanwhile() async throws {
        let folder = try TemporaryDirectory()
        let plant = try await Plant(folder.path("data"))
        await #expect(throws: CleaningChangeError.noRerun) { try await plant.control.cancelRerun() }
        await #expect(throws: CleaningChangeError.unknownVersion(7)) {
            try await plant.control.rerun(7, author: "user:ana")
        }
        await #expect(throws: CleaningChangeError.unknownVersion(7)) { try await plant.control.hold(7) }
        await plant.close()
    }
}
