import Base
import Domain
import Store
import TestSupport
import Testing

@Suite struct QuarantineTests {
    private func input(
        _ reason: String, body: String = "{}", source: String = "shop", at unixMs: Int64 = 5,
        contentHash: Hash128? = nil
    ) -> QuarantineInput {
        QuarantineInput(
            receivedAt: EventTime(clampingUnixMs: unixMs), source: SourceName(validated: source), format: "native",
            reason: reason, detail: "because", body: Array(body.utf8), contentHash: contentHash)
    }

    @Test func whatIsSentAgainIsKeptOnce() async throws {
        let test = try TestStore()
        let quarantine = test.store.quarantine
        let hash = Hash128(high: 1, low: 2)
        let first = try await quarantine.insert([input("a", contentHash: hash), input("b")])
        let second = try await quarantine.insert([input("b"), input("a", contentHash: hash)])
        #expect(second[1] == first[0] && second[0] != first[1])
        #expect(try await quarantine.counts().mapValues(\.all) == ["a": 1, "b": 2])
    }

    @Test(arguments: [false, true])
    func aPageHasTheNewestFirstAndGoesOn(inMemory: Bool) async throws {
        let test = try TestStore(inMemory: inMemory)
        let quarantine = test.store.quarantine
        let ids = try await quarantine.insert(["a", "b", "a", "b", "a"].map { input($0) })
        #expect(ids == ids.sorted() && Set(ids).count == 5)
        let first = try await quarantine.page(before: nil, countMax: 2)
        #expect(first.map(\.id) == [ids[4], ids[3]])
        let second = try await quarantine.page(before: first.last?.id, countMax: 9)
        #expect(second.map(\.id) == [ids[2], ids[1], ids[0]])
        let ofA = try await quarantine.page(QuarantineFilter(reason: "a"), before: nil, countMax: 9)
        #expect(ofA.map(\.id) == [ids[4], ids[2], ids[0]])
        #expect(try await quarantine.counts().mapValues(\.all) == ["a": 3, "b": 2])
    }

    struct Match: Sendable {
        let filter: QuarantineFilter
        let places: [Int]  // Of the inserted ones.
    }

    static let matches = [
        Match(filter: .all, places: [0, 1, 2, 3]),
        Match(filter: QuarantineFilter(reason: "a"), places: [0, 2]),
        Match(filter: QuarantineFilter(source: SourceName(validated: "app")), places: [2, 3]),
        Match(filter: QuarantineFilter(received: time(6)..<time(8)), places: [1, 2]),
        Match(
            filter: QuarantineFilter(
                reason: "b", source: SourceName(validated: "app"), received: time(0)..<time(9)), places: [3]),
        Match(filter: QuarantineFilter(reason: "c"), places: []),
    ]

    private static func time(_ unixMs: Int64) -> EventTime { EventTime(clampingUnixMs: unixMs) }

    @Test(arguments: matches)
    func pagesCountsAndWhatWaitsAgreeOnWhatMatches(_ c: Match) async throws {
        let test = try TestStore()
        let quarantine = test.store.quarantine
        let ids = try await quarantine.insert([
            input("a", at: 5), input("b", at: 6), input("a", source: "app", at: 7), input("b", source: "app", at: 8),
        ])
        let matching = c.places.map { ids[$0] }
        #expect(try await quarantine.page(c.filter, before: nil, countMax: 9).map(\.id) == matching.reversed())
        let waiting = try await quarantine.waiting(c.filter, after: 0, through: .max, countMax: 9)
        #expect(waiting.map(\.id) == matching)
        #expect(try await quarantine.counts(c.filter).values.reduce(0) { $0 + $1.waiting } == matching.count)
        try await quarantine.markReplayed(ids: ids, at: Self.time(20))
        #expect(try await quarantine.waiting(c.filter, after: 0, through: .max, countMax: 9).isEmpty)
        let counts = try await quarantine.counts(c.filter).values
        #expect(counts.reduce(0) { $0 + $1.all } == matching.count && counts.allSatisfy { $0.waiting == 0 })
    }

    @Test func whatWaitsComesPageByPageUpToTheLastThatCounts() async throws {
        let test = try TestStore()
        let quarantine = test.store.quarantine
        let ids = try await quarantine.insert((0..<7).map { _ in input("a") })
        try await quarantine.markReplayed(ids: [ids[1]], at: Self.time(20))
        let first = try await quarantine.waiting(.all, after: 0, through: ids[5], countMax: 3)
        #expect(first.map(\.id) == [ids[0], ids[2], ids[3]])
        let second = try await quarantine.waiting(.all, after: ids[3], through: ids[5], countMax: 3)
        #expect(second.map(\.id) == [ids[4], ids[5]])
    }

    @Test func aLongBodyIsCutAndSaysSo() async throws {
        let test = try TestStore()
        let quarantine = test.store.quarantine
        let ids = try await quarantine.insert([
            input("a", body: "0123456789abcdef"), input("a", body: "0123456789abcdefg"),
        ])
        let rows = try await quarantine.rows(ids: [ids[1], 999, ids[0]])
        #expect(rows.map(\.id) == [ids[1], ids[0]])
        #expect(rows.map(\.isTruncated) == [true, false])
        #expect(rows.map(\.body.count) == [16, 16])
        #expect(rows[1].body == Array("0123456789abcdef".utf8))
        #expect(rows[1].receivedAt == input("a").receivedAt && rows[1].source == input("a").source)
        #expect(rows[1].format == input("a").format && rows[1].detail == input("a").detail)
    }

    @Test func theFirstReplayIsTheOneThatIsKept() async throws {
        let test = try TestStore()
        let quarantine = test.store.quarantine
        let ids = try await quarantine.insert([input("a"), input("a")])
        try await quarantine.markReplayed(ids: [ids[0]], at: EventTime(clampingUnixMs: 10))
        try await quarantine.markReplayed(ids: ids, at: EventTime(clampingUnixMs: 20))
        #expect(try await quarantine.rows(ids: ids).map { $0.replayedAt?.unixMs } == [10, 20])
    }

    @Test func whatWasInsertedIsThereAfterTheProcessEnds() async throws {
        let test = try TestStore()
        let ids = try await test.store.quarantine.insert([input("a")])
        #expect(try await test.another().quarantine.rows(ids: ids).count == 1)
    }
}

@Suite struct CatalogueTests {
    private func item(_ number: Int, title: String = "t") throws -> CatalogItem {
        let subject = try #require(Subject(kind: .product, id: String(1000 + number)))
        return CatalogItem(subject: subject, title: title, category: "c", brand: "")
    }

    @Test(arguments: [0, 1, 6, 7, 8, 20], [false, true])
    func thePagesHoldEveryItemOnce(count: Int, inMemory: Bool) async throws {
        let test = try TestStore(inMemory: inMemory)
        let catalogue = test.store.catalogue
        let all = try (0..<count).map { try item($0) }
        try await catalogue.upsert(all)
        var got: [CatalogItem] = []
        for try await page in catalogue.pages(countMax: 7) { got += page }
        #expect(got == all)
    }

    @Test func aSecondUpsertReplaces() async throws {
        let test = try TestStore()
        let catalogue = test.store.catalogue
        try await catalogue.upsert([item(1), item(2)])
        try await catalogue.upsert([item(2, title: "新")])
        let subjects = try (1...3).map { try item($0).subject }
        let got = try await catalogue.items(subjects)
        #expect(got[subjects[0]]?.title == "t")
        #expect(got[subjects[1]]?.title == "新")
        #expect(got.count == 2)
    }
}

@Suite struct CampaignTests {
    private func campaign(_ id: String, start: Int64?, end: Int64?) -> Campaign {
        Campaign(
            id: id, title: "t", kind: "A", startAt: start.map { EventTime(clampingUnixMs: $0) },
            endAt: end.map { EventTime(clampingUnixMs: $0) })
    }

    @Test func theLatestComesFirst() async throws {
        let test = try TestStore()
        let campaigns = test.store.campaigns
        let all = [
            campaign("b", start: 9, end: 12), campaign("a", start: 5, end: nil), campaign("c", start: nil, end: nil),
        ]
        try await campaigns.upsert(all.reversed())
        try await campaigns.upsert([all[1]])
        #expect(try await campaigns.list() == all)
    }

    @Test func aCampaignThatEndsBeforeItBeginsIsRefused() async throws {
        let test = try TestStore()
        let campaigns = test.store.campaigns
        let refused = [campaign("a", start: 1, end: 2), campaign("b", start: 2, end: 1)]
        await #expect(throws: DatabaseError.self) { try await campaigns.upsert(refused) }
        #expect(try await campaigns.list().isEmpty)
    }
}

@Suite struct SettingTests {
    @Test(arguments: [false, true])
    func theSecretOfTheStoreStaysTheSame(inMemory: Bool) async throws {
        let test = try TestStore(inMemory: inMemory)
        let key = try await test.store.settings.dedupKey()
        #expect(try await test.store.settings.dedupKey() == key)
        if !inMemory {
            let other = try test.another()
            #expect(try await other.settings.dedupKey() == key)
        }
        let stranger = try TestStore()
        #expect(try await stranger.store.settings.dedupKey() != key)
    }

    @Test func anImportGoesOnWhereItWas() async throws {
        let test = try TestStore()
        var checkpoint = ImportCheckpoint(file: "f", mappingHash: "m")
        #expect(try await test.store.importCheckpoints.find(file: "f", mappingHash: "m") == nil)
        for position: Int64 in [1000, 2000] {
            (checkpoint.position, checkpoint.accepted, checkpoint.duplicate, checkpoint.refused) = (position, 7, 8, 9)
            try await test.store.importCheckpoints.save(checkpoint, at: test.clock.now)
        }
        let other = try test.another().importCheckpoints
        let found = try #require(try await other.find(file: "f", mappingHash: "m"))
        #expect(found.checkpoint == checkpoint)
        #expect(found.savedAt == test.clock.now)
        #expect(try await other.find(file: "f", mappingHash: "n") == nil)
    }

    @Test func theAuditLogIsReadBackwards() async throws {
        let test = try TestStore()
        let audit = test.store.audit
        for action in AuditAction.allCases {
            let entry = AuditEntry(actor: "user:ana", action: action, target: "x", detail: JSONObject())
            try await audit.append(entry, at: test.clock.now)
        }
        let page = try await audit.page(before: nil, countMax: 3)
        #expect(page.map(\.entry.action) == AuditAction.allCases.suffix(3).reversed())
        let rest = try await audit.page(before: page.last?.id, countMax: 100)
        #expect(rest.count == AuditAction.allCases.count - 3)
        #expect(rest.first?.time == test.clock.now)
    }
}

@Suite struct SourceLimitTests {
    @Test func limitsAreKeptReplacedAndTakenAway() async throws {
        let test = try TestStore()
        let store = test.store.sourceLimits
        let (shop, app) = (SourceName(validated: "shop"), SourceName(validated: "app"))
        #expect(try await store.all().isEmpty)
        try await store.set(SourceLimits(eventsPerSecondMax: 5), of: shop)
        try await store.set(SourceLimits(eventsPerDayMax: 7), of: shop)
        try await store.set(SourceLimits(), of: app)
        #expect(try await store.all() == [shop: SourceLimits(eventsPerDayMax: 7), app: SourceLimits()])
        try await store.set(nil, of: shop)
        #expect(try await store.all() == [app: SourceLimits()])
    }
}
