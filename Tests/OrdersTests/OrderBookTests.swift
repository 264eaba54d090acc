import Base
import Domain
import TestSupport
import Testing

@testable import Orders

/// Order events one after another in a journal, in a zone eight hours before UTC.
struct OrderJournal {
    static let rules = OrderRules(zone: DayZone(name: "Asia/Shanghai") { _ in .hours(8) }, currency: .cny)

    var events: [Event] = []

    /// - Parameters:
    ///   - time: ISO 8601, when it happened.
    ///   - received: ISO 8601; nil: at the same moment.
    mutating func tell(
        _ kind: OrderFact.Kind, _ order: String, _ minor: Int64? = nil, at time: String, received: String? = nil,
        source: String = "shop", currency: Currency = .cny, person: String = "ana"
    ) {
        let time = EventTime(iso8601: time) ?? EventTime(clampingUnixMs: 0)
        events.append(
            Event(
                id: EventID(validated: "e\(events.count)"), source: SourceName(validated: source),
                person: PersonID(validated: person), name: kind.eventName, channel: .unknown, time: time,
                receivedAt: received.flatMap { EventTime(iso8601: $0) } ?? time,
                subject: Subject(kind: .order, id: order), value: minor.flatMap { Money(minor: $0, currency: currency) }
            ))
    }

    func book(_ rules: OrderRules = rules) -> OrderBook {
        let book = OrderBook(rules: rules)
        for (sequence, event) in events.enumerated() { book.apply(sequence: UInt64(sequence), event: event) }
        return book
    }

    func day(_ text: String) throws -> OrderTotals {
        let day = try #require(CalendarDay(text))
        return book().totals(day...day).first?.totals ?? OrderTotals()
    }
}

@Suite struct OrderBookTests {
    @Test("an order stands on the day of its payment, in the zone of the business")
    func days() throws {
        var journal = OrderJournal()
        journal.tell(.paid, "1", 100, at: "2026-01-01T17:00:00Z")
        journal.tell(.paid, "2", 200, at: "2026-01-02T01:00:00Z")
        journal.tell(.refunded, "1", 30, at: "2026-01-02T02:00:00Z")
        journal.tell(.cancelled, "2", at: "2026-01-02T03:00:00Z")
        let day = try journal.day("2026-01-02")
        #expect(day.orderCount == 2)
        #expect(day.grossMinor == 300)
        #expect(day.refundedMinor == 30)
        #expect(day.cancelledMinor == 200)
        #expect(day.netMinor == 70)
        #expect(try journal.day("2026-01-01") == OrderTotals())
    }

    @Test("two currencies have two totals, and a source its own")
    func currencies() throws {
        var journal = OrderJournal()
        journal.tell(.paid, "1", 100, at: "2026-01-01T01:00:00Z")
        journal.tell(.paid, "1", 100, at: "2026-01-01T01:00:00Z", source: "app", currency: .usd)
        journal.tell(.paid, "2", 50, at: "2026-01-01T01:00:00Z", source: "app")
        let book = journal.book()
        let day = try #require(CalendarDay("2026-01-01"))
        #expect(book.totals(day...day).map(\.totals.grossMinor) == [150, 100])
        #expect(book.totals(day...day, source: SourceName(validated: "app")).map(\.totals.grossMinor) == [50, 100])
        #expect(book.sources(ofOrder: "1").map(\.text) == ["app", "shop"])
        #expect(book.sources(ofOrder: "2").map(\.text) == ["app"])
    }

    @Test("a refund that comes on a later day restates the day of the payment, with its cause")
    func restates() throws {
        var journal = OrderJournal()
        journal.tell(.paid, "1", 1000, at: "2026-01-01T01:00:00Z")
        journal.tell(.refunded, "1", 250, at: "2026-01-03T01:00:00Z")
        let book = journal.book()
        let rows = book.restatements(countMax: 10).rows
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        #expect(row.day == CalendarDay("2026-01-01"))
        #expect(row.before.netMinor == 1000 && row.after.netMinor == 750)
        #expect(row.isChanged(.refunded) && row.isChanged(.net) && !row.isChanged(.gross))
        #expect(row.sequence == 1 && row.name == .orderRefunded && row.source.text == "shop" && row.orderID == "1")
        #expect(book.totals(row.day...row.day).first?.restatementCount == 1)
        #expect(book.restatements(of: [.gross], countMax: 10).rows.isEmpty)
        #expect(book.restatements(days: row.day...row.day, of: [.gross, .net], countMax: 10).rows == rows)
        let next = row.day.advanced(by: 1)
        #expect(book.restatements(days: next...next, countMax: 10).rows.isEmpty)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String
        let tell: @Sendable (inout OrderJournal) -> Void
        let restated: [String]
        var testDescription: String { why }
    }

    static let cases = [
        Case(
            why: "a day that is not over is not restated",
            tell: {
                $0.tell(.paid, "1", 10, at: "2026-01-01T01:00:00Z")
                $0.tell(.refunded, "1", 10, at: "2026-01-01T15:00:00Z")
            }, restated: []),
        Case(
            why: "a first import of the past restates nothing",
            tell: {
                $0.tell(.paid, "1", 10, at: "2026-01-01T01:00:00Z", received: "2026-03-01T01:00:00Z")
                $0.tell(.paid, "2", 10, at: "2026-01-01T01:00:00Z", received: "2026-03-01T02:00:00Z")
            }, restated: []),
        Case(
            why: "a second import on a later day does",
            tell: {
                $0.tell(.paid, "1", 10, at: "2026-01-01T01:00:00Z", received: "2026-03-01T01:00:00Z")
                $0.tell(.paid, "2", 10, at: "2026-01-01T01:00:00Z", received: "2026-03-02T01:00:00Z")
            }, restated: ["2026-01-01"]),
        Case(
            why: "a payment that comes late for a day that was watched restates its zero",
            tell: {
                $0.tell(.created, "1", 10, at: "2026-01-01T01:00:00Z")
                $0.tell(.paid, "1", 10, at: "2026-01-02T01:00:00Z", received: "2026-01-04T01:00:00Z")
            }, restated: ["2026-01-02"]),
        Case(
            why: "an earlier payment moves the order from one closed day to another",
            tell: {
                $0.tell(.paid, "1", 10, at: "2026-01-02T01:00:00Z")
                $0.tell(.paid, "1", 5, at: "2026-01-01T01:00:00Z", received: "2026-01-04T01:00:00Z")
                $0.tell(.paid, "2", 5, at: "2026-01-01T01:00:00Z", received: "2026-01-05T01:00:00Z")
            }, restated: ["2026-01-02", "2026-01-01"]),
        Case(
            why: "a shipment changes no number",
            tell: {
                $0.tell(.paid, "1", 10, at: "2026-01-01T01:00:00Z")
                $0.tell(.shipped, "1", at: "2026-01-03T01:00:00Z")
            }, restated: []),
    ]

    @Test(arguments: cases)
    func closed(_ c: Case) {
        var journal = OrderJournal()
        c.tell(&journal)
        let rows = journal.book().restatements(countMax: 10).rows.reversed()
        #expect(rows.map(\.day.description) == c.restated)
    }

    @Test("what one request changes of a day stands in one row")
    func together() {
        var journal = OrderJournal()
        journal.tell(.paid, "0", 10, at: "2026-01-01T01:00:00Z")
        for order in 1...50 {
            journal.tell(.paid, "\(order)", 10, at: "2026-01-01T01:00:00Z", received: "2026-01-03T01:00:00Z")
        }
        let rows = journal.book().restatements(countMax: 10).rows
        #expect(rows.map(\.factCount) == [50])
        #expect(rows.first.map { [$0.before.grossMinor, $0.after.grossMinor] } == [10, 510])
        #expect(rows.first?.sequenceLast == 50)
    }

    @Test("a list has pages, and filters")
    func pages() {
        var journal = OrderJournal()
        for order in 1...25 { journal.tell(.paid, "\(order)", Int64(order), at: "2026-01-01T01:00:00Z") }
        journal.tell(.refunded, "7", 100, at: "2026-01-01T02:00:00Z")
        journal.tell(.shipped, "9", at: "2026-01-01T02:00:00Z")
        let book = journal.book()
        var ids: [String] = []
        var next: Int?
        repeat {
            let page = book.orders(OrderBook.Filter(), before: next, countMax: 10)
            ids += page.rows.map(\.key.id)
            next = page.next
        } while next != nil
        let newestFirst = (1...25).reversed().map { "\($0)" }
        #expect(ids == newestFirst)
        var filter = OrderBook.Filter()
        filter.hasConflict = true
        #expect(book.orders(filter, countMax: 10).rows.map(\.key.id) == ["7"])
        filter = OrderBook.Filter()
        filter.state = .shipped
        #expect(book.orders(filter, countMax: 10).rows.map(\.key.id) == ["9"])
        filter.people = [PersonID(validated: "ben")]
        #expect(book.orders(filter, countMax: 10).rows.isEmpty)
    }

    @Test("facts of one order past the bound are counted, not kept")
    func bounded() {
        var rules = OrderJournal.rules
        rules.factCountMax = 3
        var journal = OrderJournal()
        for hour in 0..<9 { journal.tell(.shipped, "1", at: "2026-01-01T0\(hour):00:00Z") }
        let order = journal.book(rules).order(OrderKey(source: SourceName(validated: "shop"), id: "1"))
        #expect(order?.order.facts.count == 3)
        #expect(order?.factCountLost == 6)
    }

    // MARK: Replay

    /// Some hundred orders over two weeks, told late, twice and out of order.
    static func busyJournal() -> OrderJournal {
        var generator = SeededGenerator(seed: 11)
        var journal = OrderJournal()
        for step in 0..<2000 {
            let day = step / 150 + 1
            let happened = Int.random(in: max(1, day - 4)...day, using: &generator)
            let hour = Int.random(in: 10...20, using: &generator)
            journal.tell(
                OrderFact.Kind.allCases.randomElement(using: &generator) ?? .paid,
                "\(Int.random(in: 0..<300, using: &generator))",
                [nil, 100, 250, 999].randomElement(using: &generator) ?? nil,
                at: "2026-01-\(happened < 10 ? "0" : "")\(happened)T\(hour):00:00Z",
                received: "2026-01-\(day < 10 ? "0" : "")\(day)T21:00:0\(step % 10)Z",
                source: ["shop", "app"].randomElement(using: &generator) ?? "shop")
        }
        return journal
    }

    @Test("the same journal makes the same book, also through a snapshot in its midst")
    func replay() throws {
        let journal = Self.busyJournal()
        let whole = journal.book()
        let folder = try TemporaryDirectory()
        let path = folder.path("orders.snapshot")
        let part = OrderBook(rules: OrderJournal.rules)
        for (sequence, event) in journal.events.prefix(1234).enumerated() {
            part.apply(sequence: UInt64(sequence), event: event)
        }
        try part.save(to: path)
        let loaded = try OrderBook.load(from: path, rules: OrderJournal.rules)
        #expect(loaded.sequenceEnd == 1234)
        for (sequence, event) in journal.events.enumerated() { loaded.apply(sequence: UInt64(sequence), event: event) }
        #expect(whole.restatementCount > 100)
        #expect(loaded.restatements(countMax: .max).rows == whole.restatements(countMax: .max).rows)
        let days = try #require(whole.days)
        #expect(loaded.totals(days) == whole.totals(days))
        for source in whole.sources {
            #expect(loaded.totals(days, source: source) == whole.totals(days, source: source))
        }
        let all = OrderBook.Filter()
        #expect(loaded.orders(all, countMax: 1000).rows == whole.orders(all, countMax: 1000).rows)
    }

    @Test("the days are the sums of their orders, however they came")
    func sums() throws {
        let book = Self.busyJournal().book()
        var sum = OrderTotals()
        for known in book.orders(OrderBook.Filter(), countMax: 1000).rows {
            sum += OrderTotals(of: known.order.standing)
        }
        var daySum = OrderTotals()
        for day in book.totals(try #require(book.days)) { daySum += day.totals }
        #expect(daySum == sum)
    }

    @Test("restatements past the bound are dropped, the oldest first")
    func dropped() {
        var rules = OrderJournal.rules
        rules.restatementCountMax = 10
        var journal = OrderJournal()
        journal.tell(.paid, "0", 1, at: "2026-01-01T01:00:00Z")
        for order in 1...1020 {
            let second = order % 2 == 0 ? "00" : "01"
            journal.tell(.paid, "\(order)", 1, at: "2026-01-01T01:00:00Z", received: "2026-01-03T01:00:\(second)Z")
        }
        let book = journal.book(rules)
        #expect(book.restatementCount == 1020)
        #expect(book.restatements(countMax: 5000).rows.map(\.id) == (1001...1020).reversed().map { $0 })
    }

    @Test("a damaged snapshot, or one of another zone, is not used")
    func damaged() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("orders.snapshot")
        try Self.busyJournal().book().save(to: path)
        var rules = OrderJournal.rules
        rules.zone = .utc
        #expect(throws: OrderSnapshotError.otherRules(zone: "Asia/Shanghai", currency: "CNY")) {
            try OrderBook.load(from: path, rules: rules)
        }
        var bytes = try WholeFile.read(path)
        bytes[bytes.count / 2] ^= 1
        try WholeFile.replace(path, with: bytes)
        #expect(throws: OrderSnapshotError.damaged(nil)) { try OrderBook.load(from: path, rules: OrderJournal.rules) }
    }
}
