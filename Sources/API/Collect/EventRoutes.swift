import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let jsonTypes = ["application/json", "text/plain"]  // Beacons of browsers send text.
    private static let lineTypes = ["application/x-ndjson", "application/jsonl"]

    func registerEvents(on router: inout Router) {
        on(.post, "/api/v1/events", .send, &router) { request, identity throws(Problem) in
            let isNDJSON = try isNDJSON(request)
            let collected: Collected
            do throws(CollectError) {
                let items = try NativeFormat.items(request.body, isNDJSON: isNDJSON)
                collected = try await ports.collect(
                    items, format: .native, source: identity.source, byteCount: request.body.count)
            } catch {
                throw Problem(error)
            }
            let answer = collected.answer
            return .json(
                answer.json, status: answer.quarantined == collected.receipts.count ? 422 : 200,
                headers: collected.headers)
        }
    }

    private func isNDJSON(_ request: HTTPRequest) throws(Problem) -> Bool {
        guard let type = request.mediaType, !Self.jsonTypes.contains(type) else { return false }
        guard Self.lineTypes.contains(type) else {
            throw .unsupportedType(type, allowed: ["application/json", "application/x-ndjson"])
        }
        return true
    }
}

/// A receipt for each element of a request, with their counts.
struct ReceiptsAnswer {
    struct Row {
        let id: EventID?
        let status: Receipt.Status
    }

    private let id: ReceiptID?  // Nil for an answer that is about several requests.
    let rows: [Row]  // In the order of the request's elements.
    private(set) var accepted = 0
    private(set) var duplicate = 0
    private(set) var quarantined = 0

    init(_ rows: [Row], id: ReceiptID? = nil) {
        self.id = id
        self.rows = rows
        for row in rows {
            switch row.status {
            case .accepted: accepted += 1
            case .duplicate: duplicate += 1
            case .quarantined: quarantined += 1
            }
        }
    }

    var counts: JSONObject {
        var object = JSONObject()
        object.append("accepted", .int(Int64(accepted)))
        object.append("duplicate", .int(Int64(duplicate)))
        object.append("quarantined", .int(Int64(quarantined)))
        return object
    }

    var json: JSON {
        var object = counts
        if let id { object.append("receipt", .string(id.description)) }
        object.append("receipts", .array(rows.enumerated().map { $1.json(index: $0) }))
        return .object(object)
    }

    /// For a header.
    var summary: String { "accepted=\(accepted), duplicate=\(duplicate), quarantined=\(quarantined)" }
}

extension ReceiptsAnswer.Row {
    fileprivate func json(index: Int) -> JSON {
        var object = JSONObject()
        object.append("index", .int(Int64(index)))
        switch status {
        case .accepted: object.append("status", "accepted")
        case .duplicate: object.append("status", "duplicate")
        case .quarantined(let refusal, let quarantineID):
            object.append("status", "quarantined")
            object.append("reason", .string(refusal.reason.rawValue))
            object.append("detail", .string(refusal.detail))
            object.append("quarantine_id", .int(quarantineID))
        }
        if let id { object.append("id", .string(id.text)) }
        return .object(object)
    }
}

extension Collected {
    var answer: ReceiptsAnswer {
        ReceiptsAnswer(receipts.map { ReceiptsAnswer.Row(id: $0.id, status: $0.status) }, id: id)
    }

    /// The receipt in short, for clients that pass over our body or do not expect it.
    var headers: HTTPHeaders { ["X-Quanyu-Receipt": "\(id); \(answer.summary)"] }
}
