import Base
import Domain
import HTTPServer
import Identities
import Orders

extension API {
    private static let totalDayCount: Int32 = 28

    func registerOrders(on router: inout Router) {
        on(.get, "/api/v1/orders", .read, &router) { request, _ throws(Problem) in try await orders(request) }
        on(.get, "/api/v1/orders/totals", .read, &router) { request, _ throws(Problem) in
            try await orderTotals(request)
        }
        on(.get, "/api/v1/orders/{id}", .read, &router) { request, _ throws(Problem) in try await order(request) }
        on(.get, "/api/v1/restatements", .read, &router) { request, _ throws(Problem) in
            try await restatements(request)
        }
        registerReconciliation(on: &router)
    }

    private func orders(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(
            request, known: ["state", "person", "source", "from", "to", "conflict", "limit", "cursor"])
        var filter = OrderBook.Filter()
        let states = OrderState.allCases.map(\.rawValue).joined(separator: ", ")
        filter.state = try parameters.value("state", "must be one of \(states)") { OrderState(rawValue: $0) }
        filter.source = try parameters.name("source", SourceName.self)
        filter.hasConflict = try parameters.flag("conflict")
        if let person = try parameters.name("person", PersonID.self) {
            filter.people = Set(ports.identity.members(of: person))
        }
        filter.days = try parameters.days()
        let limit = try parameters.limit(default: 50, max: 200)
        let before = try parameters.place("cursor")
        let book = ports.orders.book
        let page = try await query { [filter] in book.orders(filter, before: before, countMax: limit) }
        return .json([
            "orders": .array(page.rows.map { .object($0.row) }), "next": .text(page.next.map(String.init)),
            "total": .count(book.orderCount), "sources": .array(book.sources.map { .string($0.text) }),
        ])
    }

    private func order(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["source"])
        let id = request.parameters["id"] ?? ""
        let source = try parameters.name("source", SourceName.self)
        let book = ports.orders.book
        let sources = book.sources(ofOrder: id)
        guard let owner = source ?? sources.first, let known = book.order(OrderKey(source: owner, id: id)) else {
            throw .notFound("such order")
        }
        let events = try await events(known.order.facts.map(\.sequence))
        let standing = known.order.standing
        var object = known.row
        object.append("facts_lost", .count(known.factCountLost))
        object.append("also_in", .array(sources.filter { $0 != owner }.map { .string($0.text) }))
        object.append(
            "facts",
            .array(
                zip(known.order.facts, events).map { fact, event in
                    fact.json(event: event, conflict: standing.conflicts.first { $0.fact == fact })
                }))
        return .json(.object(object))
    }

    private func orderTotals(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["from", "to", "source"])
        let source = try parameters.name("source", SourceName.self)
        let book = ports.orders.book
        let last = book.days?.upperBound ?? book.zone.day(of: ports.now())
        let days = try parameters.days() ?? last.advanced(by: 1 - Self.totalDayCount)...last
        let rows = try await query { book.totals(days, source: source) }
        return .json(
            marked(
                "orders.totals",
                [
                    "from": .string(days.lowerBound.description), "to": .string(days.upperBound.description),
                    "time_zone": .string(book.zone.name), "days": .array(rows.map(\.json)),
                    "sums": .array(Self.sums(rows).map { $0.totals.json(currency: $0.currency) }),
                    "definitions": Self.definitions,
                ]))
    }

    /// Of all days, by currency; the largest amount first.
    private static func sums(_ rows: [DayTotals]) -> [(currency: Currency, totals: OrderTotals)] {
        var sums: [Currency: OrderTotals] = [:]
        for row in rows { sums[row.currency, default: OrderTotals()] += row.totals }
        return sums.sorted { ($1.value.grossMinor, $0.key.code) < ($0.value.grossMinor, $1.key.code) }
            .map { ($0.key, $0.value) }
    }

    private static let definitions: JSON = [
        "day": "Of an order's first payment, in the configured time zone. Refunds and cancels stand on that day too.",
        "orders": "Orders with a payment.",
        "gross": "Sum of their payments.",
        "refunded": "Sum of what was given back of them.",
        "cancelled": "Paid in orders that were cancelled, less what was given back of them.",
        "net": "gross less refunded less cancelled.",
        "restated": "The day's number was changed by a fact that came in after the day was over.",
    ]

    private func restatements(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["day", "from", "to", "metric", "limit", "cursor"])
        let day = try parameters.day("day")
        let span = try parameters.days()
        let days = day.map { $0...$0 } ?? span
        let metrics = OrderMetric.allCases.map(\.rawValue).joined(separator: ", ")
        let wanted = try parameters.value("metric", "must be of \(metrics), with commas between") { text in
            let names = text.split(separator: ",", omittingEmptySubsequences: false)
            let found = names.compactMap { OrderMetric(rawValue: String($0)) }
            return found.count == names.count ? Set(found) : nil
        }
        let limit = try parameters.limit(default: 50, max: 200)
        let before = try parameters.place("cursor")
        let book = ports.orders.book
        let page = try await query {
            book.restatements(days: days, of: wanted, before: before, countMax: limit)
        }
        let events = try await events(page.rows.map(\.sequence))
        return .json([
            "restatements": .array(zip(page.rows, events).map { $0.json(event: $1) }),
            "next": .text(page.next.map(String.init)), "total": .count(book.restatementCount),
        ])
    }
}

extension Parameters {
    func day(_ name: String) throws(Problem) -> CalendarDay? {
        try value(name, "must be a day from 1970 to 2999 such as 2026-01-31") { CalendarDay($0) }
    }

    /// From the day `from` through the day `to`; nil where neither is given.
    func days() throws(Problem) -> ClosedRange<CalendarDay>? {
        let (from, to) = (try day("from"), try day("to"))
        guard from != nil || to != nil else { return nil }
        let first = from ?? CalendarDay(daysSince1970: 0)
        let last = to ?? CalendarDay(daysSince1970: Int32(EventTime.unixMsEnd / 86_400_000) - 1)
        guard first <= last else { throw .parameter("from", "must not lie after `to`") }
        return first...last
    }

    func flag(_ name: String) throws(Problem) -> Bool? {
        try value(name, "must be true or false") { ["true": true, "false": false][$0] }
    }

    /// `next` of the page before.
    func place(_ name: String) throws(Problem) -> Int? {
        try value(name, "must be `next` of the page before") { text in Int(text).flatMap { $0 >= 0 ? $0 : nil } }
    }
}
