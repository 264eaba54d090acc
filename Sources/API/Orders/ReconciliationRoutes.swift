import Base
import Domain
import HTTPServer
import Orders

extension API {
    private static let rowCountMax = 1000
    private static let originUTF8CountMax = 200

    func registerReconciliation(on router: inout Router) {
        on(.get, "/api/v1/orders/reconciliation", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["from", "to", "source"])
            let all = CalendarDay(daysSince1970: 0)...CalendarDay(daysSince1970: .max)
            return try await reconciliation(
                try parameters.days() ?? all, source: try parameters.name("source", SourceName.self))
        }
        on(.post, "/api/v1/orders/reconciliation", .operate, &router) { request, caller throws(Problem) in
            try await noteTotals(request, by: caller)
        }
    }

    private func reconciliation(
        _ days: ClosedRange<CalendarDay>, source: SourceName?
    ) async throws(Problem) -> HTTPResponse {
        let totals: [PlatformTotal]
        do throws(ReadFailure) {
            totals = try await ports.orders.platformTotals(days, source, Self.rowCountMax + 1)
        } catch {
            throw Problem(error)
        }
        let page = Page(totals, countMax: Self.rowCountMax)
        let book = ports.orders.book
        let rows = try await query { [elements = page.elements] in book.reconcile(elements) }
        return .json(
            marked(
                "orders.reconciliation",
                ["rows": .array(rows.map(\.json)), "has_more": .bool(page.hasMore)]))
    }

    private func noteTotals(_ request: HTTPRequest, by caller: Identity) async throws(Problem) -> HTTPResponse {
        let fields = try Fields(body: request, known: ["totals"])
        let rows = try fields.objects(
            "totals", count: 1...Self.rowCountMax,
            known: ["source", "day", "currency", "orders", "gross_minor", "refunded_minor", "origin"])
        var totals: [PlatformTotal] = []
        for row in rows { totals.append(try platformTotal(row, by: caller)) }
        do throws(ReadFailure) { try await ports.orders.notePlatformTotals(totals) } catch { throw Problem(error) }
        for (source, rows) in Dictionary(grouping: totals, by: \.source).sorted(by: { $0.key < $1.key }) {
            let days = rows.map(\.day)
            var detail = JSONObject()
            detail.append("totals", .count(rows.count))
            detail.append("from", .text(days.min()?.description))
            detail.append("to", .text(days.max()?.description))
            await ports.audit(
                AuditEntry(actor: caller.actor, action: .orderTotalsNoted, target: source.text, detail: detail))
        }
        return .json(["noted": .count(totals.count)])
    }

    private func platformTotal(_ fields: Fields, by caller: Identity) throws(Problem) -> PlatformTotal {
        let whole = "must be a whole number of at least 0"
        func amount(_ json: JSON) -> Int64? {
            json.intValue.flatMap { (0...Money.minorMax).contains($0) ? $0 : nil }
        }
        let source = try fields.requiredName("source", SourceName.self)
        let day = try fields.required("day", "must be a day from 1970 to 2999 such as 2026-01-31") {
            $0.stringValue.flatMap { CalendarDay($0) }
        }
        let currency = try fields.required("currency", "must be three letters of ISO 4217") {
            $0.stringValue.flatMap { Currency(code: $0) }
        }
        let origin = try fields.optional("origin", "must be at most \(Self.originUTF8CountMax) bytes of text") { json in
            json.stringValue.flatMap { $0.utf8.count <= Self.originUTF8CountMax ? $0 : nil }
        }
        return PlatformTotal(
            source: source, day: day, currency: currency,
            orderCount: try fields.optional("orders", whole, amount),
            grossMinor: try fields.required("gross_minor", whole, amount),
            refundedMinor: try fields.optional("refunded_minor", whole, amount), origin: origin ?? "",
            actor: caller.actor, notedAt: ports.now())
    }
}

extension Reconciliation {
    fileprivate var json: JSON {
        [
            "source": .string(source.text), "day": .string(day.description), "currency": .string(currency.code),
            "held": [
                "orders": .int(held.orderCount), "gross_minor": .int(held.grossMinor),
                "refunded_minor": .int(held.refundedMinor),
            ],
            "platform": [
                "orders": platform.orderCount.map { .int($0) } ?? .null, "gross_minor": .int(platform.grossMinor),
                "refunded_minor": platform.refundedMinor.map { .int($0) } ?? .null,
            ],
            "completeness": .number(completeness), "amount_completeness": .number(amountCompleteness),
            "orders_difference": orderCountDifference.map { .int($0) } ?? .null,
            "gross_difference_minor": .int(grossDifferenceMinor),
            "refunded_difference_minor": refundedDifferenceMinor.map { .int($0) } ?? .null,
            "origin": .string(platform.origin), "actor": .string(platform.actor), "noted_at": .time(platform.notedAt),
        ]
    }
}
