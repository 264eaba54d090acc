import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let replayCountMax = 1000

    func registerQuarantine(on router: inout Router) {
        on(.get, "/api/v1/quarantine", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(
                request, known: ["limit", "cursor", "reason", "source", "from", "to"])
            let limit = try parameters.limit(default: 50, max: 200)
            let before = try parameters.value("cursor", "must be `next` of the page before") { Int64($0) }
            return try await list(try parameters.quarantineFilter(), before: before, limit: limit)
        }
        on(.post, "/api/v1/quarantine/replay", .operate, &router) { request, identity throws(Problem) in
            let fields = try Fields(body: request, known: ["ids", "match"])
            guard let filter = try fields.quarantineFilter("match") else {
                return try await replay(ids(fields), by: identity)
            }
            guard !fields.names.contains("ids") else {
                throw .field("match", "must not come together with `ids`")
            }
            return try await replay(matching: filter, by: identity)
        }
    }

    private func list(
        _ filter: QuarantineFilter, before: Int64?, limit: Int
    ) async throws(Problem) -> HTTPResponse {
        var ofAnyReason = filter
        ofAnyReason.reason = nil
        do throws(ReadFailure) {
            let counts = try await ports.quarantine.counts(ofAnyReason)
            let page = Page(try await ports.quarantine.page(filter, before, limit + 1), countMax: limit)
            let matching = counts.filter { filter.reason == nil || $0.key == filter.reason }.values
            return .json([
                "items": .array(page.elements.map(\.json)),
                "next": .text(page.hasMore ? page.elements.last.map { String($0.id) } : nil),
                "total": .count(matching.reduce(0) { $0 + $1.all }),
                "waiting": .count(matching.reduce(0) { $0 + $1.waiting }),
                "by_reason": .counts(counts.mapValues(\.all)),
            ])
        } catch {
            throw Problem(error)
        }
    }

    private func ids(_ fields: Fields) throws(Problem) -> [Int64] {
        try fields.required("ids", "must hold 1 to \(Self.replayCountMax) whole numbers") { json in
            guard let ids = json.arrayValue, (1...Self.replayCountMax).contains(ids.count) else { return nil }
            let numbers = ids.compactMap(\.intValue)
            return numbers.count == ids.count ? numbers : nil
        }
    }
}

extension Parameters {
    fileprivate func quarantineFilter() throws(Problem) -> QuarantineFilter {
        let reason = try value("reason", "must be at most \(QuarantineFilter.reasonBytesMax) bytes") {
            QuarantineFilter.reason($0)
        }
        let (from, to) = (try time("from"), try time("to"))
        let range = QuarantineFilter.range(from, to)
        guard range != nil || (from == nil && to == nil) else { throw .parameter("from", "must lie before `to`") }
        return QuarantineFilter(reason: reason, source: try name("source"), received: range)
    }
}

extension Fields {
    /// Nil where there is none.
    fileprivate func quarantineFilter(_ name: String) throws(Problem) -> QuarantineFilter? {
        guard let fields = try object(name, known: ["reason", "source", "from", "to"]) else { return nil }
        let reason = try fields.optional("reason", "must be at most \(QuarantineFilter.reasonBytesMax) bytes") {
            $0.stringValue.flatMap { QuarantineFilter.reason($0) }
        }
        return QuarantineFilter(reason: reason, source: try fields.name("source"), received: try fields.range())
    }
}

extension QuarantineFilter {
    fileprivate static let reasonBytesMax = 64

    fileprivate static func reason(_ text: String) -> String? { text.utf8.count <= reasonBytesMax ? text : nil }

    /// Nil where neither is there, and where the one does not lie before the other.
    fileprivate static func range(_ from: EventTime?, _ to: EventTime?) -> Range<EventTime>? {
        guard from != nil || to != nil else { return nil }
        let start = from ?? EventTime(clampingUnixMs: 0)
        let end = to ?? EventTime(clampingUnixMs: EventTime.unixMsEnd)
        return start < end ? start..<end : nil
    }
}

extension QuarantineItem {
    fileprivate var json: JSON {
        [
            "id": .int(id), "received_at": .time(receivedAt), "source": .string(source.text),
            "reason": .string(reason), "detail": .string(detail),
            "body": .string(String(decoding: body, as: UTF8.self)), "format": .string(format),
            "replayed_at": .time(replayedAt),
        ]
    }
}
