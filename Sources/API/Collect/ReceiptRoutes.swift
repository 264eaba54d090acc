import Base
public import Domain
import HTTPServer

extension API {
    func registerReceipts(on router: inout Router) {
        // A key that sends sees the receipts of its own source; whoever may read sees all.
        router.on(.get, "/api/v1/receipts/{id}") { request in
            switch await ports.access.check(request, .read) {
            case .admitted(let identity): return await Self.answer(request, identity, receipt)
            case .refused(let refusal):
                guard case .admitted(let identity) = await ports.access.check(request, .send) else { return refusal }
                return await Self.answer(request, identity, receipt)
            }
        }
    }

    private func receipt(_ request: HTTPRequest, _ identity: Identity) async throws(Problem) -> HTTPResponse {
        try Parameters.none(in: request)
        let days = options.receiptLife.count / Milliseconds.days(1).count
        let missing = Problem.notFound("receipt of this id; receipts are kept for \(days) days")
        guard let id = ReceiptID(request.parameters["id"] ?? "") else { throw missing }
        let kept: KeptReceipt?
        do throws(ReadFailure) { kept = try await ports.receipt(id) } catch { throw Problem(error) }
        guard let kept, mayRead(kept.receipt, identity),
            ports.now().since(kept.receipt.receivedAt) <= options.receiptLife
        else { throw missing }
        return .json(Self.json(id, kept))
    }

    private func mayRead(_ receipt: CollectReceipt, _ identity: Identity) -> Bool {
        identity.authority.may(.read) || receipt.source == identity.source
    }

    private static func json(_ id: ReceiptID, _ kept: KeptReceipt) -> JSON {
        let receipt = kept.receipt
        let counts = receipt.counts
        return [
            "receipt": .string(id.description), "received_at": .time(receipt.receivedAt),
            "source": .string(receipt.source.text), "format": .string(receipt.format),
            "bytes": .count(receipt.byteCount), "replay": .bool(receipt.isReplay),
            "accepted": .count(counts.accepted), "duplicate": .count(counts.duplicate),
            "quarantined": .count(counts.quarantined), "rejected": .count(counts.rejected),
            "receipts": .array(rows(kept)),
        ]
    }

    /// A row for each element, in the order of the request.
    private static func rows(_ kept: KeptReceipt) -> [JSON] {
        var rows: [JSON] = []
        var ids = kept.newEventIDs[...]
        func append(_ status: String, _ more: [(String, JSON)] = []) {
            var row = JSONObject()
            row.append("index", .count(rows.count))
            row.append("status", .string(status))
            for (name, value) in more { row.append(name, value) }
            rows.append(.object(row))
        }
        for run in kept.receipt.runs {
            switch run {
            case .accepted(let elementCount, let newEventCount):
                for _ in 0..<elementCount {
                    append("accepted", ids.first.flatMap { $0 }.map { [("id", .string($0.text))] } ?? [])
                    ids = ids.dropFirst(newEventCount)
                }
            case .duplicate(let elementCount): for _ in 0..<elementCount { append("duplicate") }
            case .quarantined(let id, let reason):
                append("quarantined", [("reason", .string(reason)), ("quarantine_id", .int(id))])
            case .rejected(let elementCount, let reason):
                for _ in 0..<elementCount { append("rejected", [("reason", .string(reason))]) }
            }
        }
        return rows
    }
}

/// A receipt as it was kept, with the ids of the events that it brought.
public struct KeptReceipt: Sendable, Equatable {
    public let receipt: CollectReceipt
    public let newEventIDs: [EventID?]  // In order; nil for one that cannot be read any more.

    public init(receipt: CollectReceipt, newEventIDs: [EventID?]) {
        self.receipt = receipt
        self.newEventIDs = newEventIDs
    }
}
