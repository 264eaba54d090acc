import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let replayCountMax = 1000

    func registerQuarantine(on router: inout Router) {
        on(.get, "/api/v1/quarantine", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["limit", "cursor", "reason"])
            let limit = try parameters.limit(default: 50, max: 200)
            let before = try parameters.value("cursor", "must be `next` of the page before") { Int64($0) }
            let reason = try parameters.value("reason", "must be at most 64 bytes") {
                $0.utf8.count <= 64 ? $0 : nil
            }
            do throws(ReadFailure) {
                let counts = try await ports.quarantine.counts()
                let page = Page(try await ports.quarantine.page(before, reason, limit + 1), countMax: limit)
                let total = reason.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
                return .json([
                    "items": .array(page.elements.map(\.json)),
                    "next": .text(page.hasMore ? page.elements.last.map { String($0.id) } : nil),
                    "total": .count(total), "by_reason": .counts(counts),
                ])
            } catch {
                throw Problem(error)
            }
        }
        on(.post, "/api/v1/quarantine/replay", .operate, &router) { request, identity throws(Problem) in
            try await replay(ids(request), by: identity)
        }
    }

    private func ids(_ request: HTTPRequest) throws(Problem) -> [Int64] {
        let fields = try Fields(body: request, known: ["ids"])
        return try fields.required("ids", "must hold 1 to \(Self.replayCountMax) whole numbers") { json in
            guard let ids = json.arrayValue, (1...Self.replayCountMax).contains(ids.count) else { return nil }
            let numbers = ids.compactMap(\.intValue)
            return numbers.count == ids.count ? numbers : nil
        }
    }

    private func replay(_ ids: [Int64], by identity: Identity) async throws(Problem) -> HTTPResponse {
        var items: [Int64: QuarantineItem] = [:]
        do throws(ReadFailure) {
            for item in try await ports.quarantine.items(Array(Set(ids))) { items[item.id] = item }
        } catch {
            throw Problem(error)
        }
        if let unknown = ids.first(where: { items[$0] == nil }) {
            throw .notFound("event \(unknown) in quarantine; nothing was tried")
        }
        var taken: Set<Int64> = []
        var rows: [ReceiptsAnswer.Row] = []
        var failure: Problem?
        for item in ids.compactMap({ items[$0] }) {
            do throws(Problem) {
                let isKnown = item.replayedAt != nil || taken.contains(item.id)
                let row = isKnown ? ReceiptsAnswer.Row(id: nil, status: .duplicate) : try await retry(item)
                rows.append(row)
                if row.isTaken { taken.insert(item.id) }
            } catch {
                failure = error
                break
            }
        }
        let answer = ReceiptsAnswer(rows)
        try await note(Array(taken), answer, of: ids.count, by: identity)
        if let failure { throw failure }
        return .json(bytes: answer.bytes)
    }

    /// Also after a failure: what was taken must not be taken again.
    private func note(
        _ taken: [Int64], _ answer: ReceiptsAnswer, of count: Int, by identity: Identity
    ) async throws(Problem) {
        var detail = answer.counts
        detail.append("ids", .count(count))
        await ports.audit(
            AuditEntry(actor: identity.actor, action: .quarantineReplayed, target: "quarantine", detail: detail))
        do throws(ReadFailure) {
            if !taken.isEmpty { try await ports.quarantine.markReplayed(taken.sorted(), ports.now()) }
        } catch {
            throw Problem(error)
        }
    }

    /// What only a mapping reads is read by the newest one of its source: people mend it, and then try again.
    private func retry(_ item: QuarantineItem) async throws(Problem) -> ReceiptsAnswer.Row {
        let reason = QuarantineReason(rawValue: item.reason) ?? .malformedJSON
        guard let format = WireFormat(rawValue: item.format), !item.isTruncated else {
            let why = "only the first \(item.body.count) bytes were kept: send the event anew"
            return ReceiptsAnswer.Row(
                id: nil, status: .quarantined(Refusal(reason, why), quarantineID: item.id))
        }
        let entry = QuarantineEntry(
            receivedAt: item.receivedAt, source: item.source, format: format, refusal: Refusal(reason, item.detail),
            body: item.body)
        let read = try await mappedItem(format, item.source, item.body)
        do throws(CollectError) {
            let receipt = try await ports.collect(retrying: entry, id: item.id, as: read).receipts[0]
            return ReceiptsAnswer.Row(id: receipt.id, status: receipt.status)
        } catch {
            throw Problem(error)
        }
    }
}

extension ReceiptsAnswer.Row {
    fileprivate var isTaken: Bool {
        switch status {
        case .accepted, .duplicate: true
        case .quarantined, .rejected: false
        }
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
