import Base
import Domain
import HTTPServer

extension API {
    private static let rateCountMax = 1000
    private static let sourceUTF8CountMax = 200

    func registerCleaningRates(on router: inout Router) {
        on(.get, "/api/v1/cleaning/rates", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["limit", "before"])
            let limit = try parameters.limit(default: 100, max: 500)
            let before = try parameters.value("before", "must be `next` of the page before") { Int64($0) }
            let found = try await read { () throws(ReadFailure) in try await ports.cleaning.rates(before, limit + 1) }
            let page = Page(found, countMax: limit)
            return .json([
                "rates": .array(page.elements.map(\.json)),
                "next": page.hasMore ? page.elements.last.map { .string(String($0.id)) } ?? .null : .null,
            ])
        }
        on(.post, "/api/v1/cleaning/rates", .administer, &router) { request, caller throws(Problem) in
            let rows = try Fields(body: request, known: ["rates"]).objects(
                "rates", count: 1...Self.rateCountMax, known: ["day", "from", "to", "rate", "source"])
            var rates: [CurrencyRate] = []
            for row in rows { rates.append(try Self.rate(row)) }
            let added = rates
            let version = try await change { () throws(CleaningChangeError) in
                try await ports.cleaning.add(nil, added, caller.actor, "")
            }
            await ports.audit(
                AuditEntry(
                    actor: caller.actor, action: .ratesAdded, target: "version \(version.number)",
                    detail: JSONObject([.init(name: "count", value: .count(rates.count))])))
            return .json(["added": .count(rates.count), "version": version.json], status: 201)
        }
    }

    private static func rate(_ row: Fields) throws(Problem) -> CurrencyRate {
        func currency(_ name: String) throws(Problem) -> Currency {
            try row.required(name, "must be three letters of ISO 4217") {
                $0.stringValue.flatMap(Currency.init(code:))
            }
        }
        let day = try row.required("day", "must be a day such as 2026-01-31") {
            $0.stringValue.flatMap { CalendarDay($0) }
        }
        let exact = try row.required("rate", "must be a decimal as text, such as \"7.1234\"") {
            $0.stringValue.flatMap { ExactDecimal($0) }
        }
        let source = try row.required("source", "must be 1 to \(sourceUTF8CountMax) bytes: who published the rate") {
            $0.stringValue.flatMap { (1...sourceUTF8CountMax).contains($0.utf8.count) ? $0 : nil }
        }
        let (from, to) = (try currency("from"), try currency("to"))
        guard let rate = CurrencyRate(day: day, from: from, to: to, rate: exact, source: source) else {
            throw .field(
                row.path("rate"),
                "must be above 0, of at most 15 digits, 12 of them behind the point, between two "
                    + "different currencies")
        }
        return rate
    }
}

extension KeptCurrencyRate {
    fileprivate var json: JSON {
        [
            "id": .int(id), "day": .string(rate.day.description), "from": .string(rate.from.code),
            "to": .string(rate.to.code), "rate": .string(rate.rate.text), "source": .string(rate.source),
            "author": .string(author), "added_at": .time(addedAt),
        ]
    }
}
