import Base
import Domain
import Store
import TestSupport
import Testing

@Suite("The past of the catalogue") struct CatalogueHistoryTests {
    private static let tea = Subject(kind: .product, id: "tea")

    private static func at(_ hour: Int64) -> EventTime { EventTime(clampingUnixMs: hour * 3_600_000) }

    private static func patch(
        _ change: (inout CatalogPatch) -> Void, of subject: Subject? = tea
    ) throws -> CatalogPatch {
        var patch = CatalogPatch(try #require(subject))
        change(&patch)
        return patch
    }

    private static func price(_ minor: Int64) throws -> CatalogPatch {
        try patch { $0.price = Money(minor: minor, currency: .cny) }
    }

    @Test("only what changes is kept, and what was known later stays the present")
    func history() async throws {
        let test = try TestStore()
        let catalogue = test.store.catalogue
        let tea = try #require(Self.tea)
        for (minor, hour) in [(100, 1), (100, 2), (80, 5), (90, 3)] as [(Int64, Int64)] {
            try await catalogue.apply(
                [(patch: try Self.price(minor), at: Self.at(hour))], origin: "test", now: Self.at(9))
        }
        #expect(try await catalogue.entry(tea)?.offer.price?.minor == 80)
        let changes = try await catalogue.changes(of: tea, countMax: 9)
        #expect(changes.map(\.value) == [80, 90, 100])
        #expect(changes.map(\.time) == [Self.at(5), Self.at(3), Self.at(1)])
        for (hour, want) in [(0, nil), (1, 100), (3, 90), (4, 90), (5, 80), (99, 80)] as [(Int64, Int64?)] {
            #expect(try await catalogue.state(of: tea, at: Self.at(hour))[.price]?.value == want)
        }
    }

    @Test("an item that is no longer offered is marked, and can come back")
    func discontinued() async throws {
        let test = try TestStore()
        let catalogue = test.store.catalogue
        let tea = try #require(Self.tea)
        for (isGone, hour) in [(false, 1), (true, 2), (true, 3), (false, 4)] as [(Bool, Int64)] {
            _ = try await catalogue.apply(try Self.patch { $0.isDiscontinued = isGone }, at: Self.at(hour), origin: "t")
            #expect(try await catalogue.entry(tea)?.offer.discontinuedAt == (isGone ? Self.at(2) : nil))
        }
        #expect(try await catalogue.changes(of: tea, countMax: 9).map(\.value) == [0, 1])
    }

    @Test("words of an old import leave price and stock")
    func upsertKeeps() async throws {
        let test = try TestStore()
        let catalogue = test.store.catalogue
        let tea = try #require(Self.tea)
        let full = try Self.patch {
            $0.stock = 3
            $0.host = "李老师"
            $0.images = ["a", "b"]
            $0.startAt = Self.at(2)
            $0.cost = Money(minor: 5, currency: .usd)
        }
        let made = try await catalogue.apply(full, at: Self.at(1), origin: "t")
        try await catalogue.upsert([CatalogItem(subject: tea, title: "茶", category: "饮料", brand: "")])
        let entry = try #require(try await catalogue.entry(tea))
        #expect(entry.offer == made.offer)
        #expect(entry.item.title == "茶")
        let rest = try await catalogue.apply(try Self.patch { $0.brand = "山" }, at: Self.at(2), origin: "t")
        #expect(rest.offer == made.offer && rest.item.category == "饮料" && rest.item.brand == "山")
    }

    @Test("a search finds within words, by kind, page by page, and takes no pattern for one")
    func search() async throws {
        let test = try TestStore()
        let catalogue = test.store.catalogue
        for number in 1...5 {
            let patch = try Self.patch({ $0.title = "绿茶 \(number)0%" }, of: Subject(kind: .product, id: "\(number)"))
            _ = try await catalogue.apply(patch, at: Self.at(1), origin: "t")
        }
        let gone = try Self.patch({ $0.isDiscontinued = true }, of: Subject(kind: .coupon, id: "c"))
        _ = try await catalogue.apply(gone, at: Self.at(1), origin: "t")
        func found(_ change: (inout CatalogueFilter) -> Void) async throws -> [String] {
            var filter = CatalogueFilter()
            change(&filter)
            return try await catalogue.entries(filter, after: nil, countMax: 9).map(\.item.subject.id)
        }
        #expect(try await found { $0.text = "绿茶 3" } == ["3"])
        #expect(try await found { $0.text = "%" } == ["1", "2", "3", "4", "5"])
        #expect(try await found { $0.text = "_" }.isEmpty)
        #expect(try await found { $0.kind = .coupon } == ["c"])
        #expect(try await found { $0.isDiscontinued = true } == ["c"])
        #expect(try await found { $0.isDiscontinued = false }.count == 5)
        let after = try await catalogue.entries(
            CatalogueFilter(), after: Subject(kind: .product, id: "2"), countMax: 2)
        #expect(after.map(\.item.subject.id) == ["3", "4"])
        #expect(try await catalogue.counts() == [.product: 5, .coupon: 1])
    }

    @Test("a platform's totals are replaced by newer ones of the same day")
    func totals() async throws {
        let test = try TestStore()
        let store = test.store
        func total(_ source: String, _ day: String, _ minor: Int64, count: Int64? = nil) throws -> PlatformTotal {
            PlatformTotal(
                source: SourceName(validated: source), day: try #require(CalendarDay(day)), currency: .cny,
                orderCount: count, grossMinor: minor, refundedMinor: nil, origin: "report", actor: "user:ana",
                notedAt: Self.at(1))
        }
        let all = CalendarDay(daysSince1970: 0)...CalendarDay(daysSince1970: 50_000)
        try await store.orderTotals.upsert([try total("a", "2026-01-01", 5), try total("b", "2026-01-02", 6)])
        try await store.orderTotals.upsert([try total("a", "2026-01-01", 7, count: 3)])
        let want = [try total("b", "2026-01-02", 6), try total("a", "2026-01-01", 7, count: 3)]
        #expect(try await store.orderTotals.list(all, source: nil, countMax: 9) == want)
        #expect(try await store.orderTotals.list(all, source: want[1].source, countMax: 9) == [want[1]])
        #expect(try await store.orderTotals.list(want[0].day...want[0].day, source: nil, countMax: 9) == [want[0]])
    }
}
