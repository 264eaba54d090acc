import Base
import Domain
import Testing

@testable import Orders

@Suite struct OrderErasureTests {
    private static func journal(of people: Set<String>) -> OrderJournal {
        var journal = OrderJournal()
        for (order, person, source) in [("1", "ana", "shop"), ("2", "bob", "shop"), ("3", "bob", "app")]
        where people.contains(person) {
            journal.tell(.paid, order, 100, at: "2026-01-02T01:00:00Z", source: source, person: person)
            journal.tell(.refunded, order, 30, at: "2026-01-03T01:00:00Z", source: source, person: person)
        }
        return journal
    }

    @Test("the orders of a person leave their days, and days that are over say so")
    func erased() throws {
        let (book, never) = (Self.journal(of: ["ana", "bob"]).book(), Self.journal(of: ["ana"]).book())
        let askedAt = try #require(EventTime(iso8601: "2026-01-09T00:00:00Z"))
        let known = book.restatementCount
        book.erase(at: 50, askedAt: askedAt, people: { $0.text == "bob" }, events: [])
        let day = try #require(CalendarDay("2026-01-02"))
        #expect(book.totals(day...day).map(\.totals) == never.totals(day...day).map(\.totals))
        let shop = SourceName(validated: "shop")
        #expect(
            book.totals(day...day, source: shop).map(\.totals) == never.totals(day...day, source: shop).map(\.totals))
        #expect(book.totals(day...day, source: SourceName(validated: "app")).isEmpty)
        #expect(book.orders(.init(), countMax: 9).rows == never.orders(.init(), countMax: 9).rows)
        #expect(book.order(OrderKey(source: shop, id: "2")) == nil)
        #expect(book.count(ofPeople: { $0.text == "bob" }, before: 50) == 0)
        let rows = book.restatements(countMax: 9).rows
        #expect(book.restatementCount > known && rows.first?.name.text == "person_erased")
        #expect(rows.allSatisfy { ["", "1"].contains($0.orderID) }, "no number of an order is left")
        #expect(rows.first?.after == never.totals(day...day).first?.totals)
    }

    @Test("what came in since an erasure stays")
    func later() throws {
        let book = Self.journal(of: ["bob"]).book()
        book.erase(at: 2, askedAt: EventTime(clampingUnixMs: 0), people: { _ in true }, events: [])
        #expect(book.orderCount == 2)
    }
}
