import Base
import Collect
import Domain
import HTTPServer

extension API {
    static let jsonTypes = ["application/json", "text/plain"]  // Browsers send text without asking the server first.
    private static let lineTypes = ["application/x-ndjson", "application/jsonl"]

    func registerEvents(on router: inout Router) {
        onFromPages(.post, "/api/v1/events", .send, &router) { request, identity throws(Problem) in
            let isNDJSON = try isNDJSON(request)
            let collected: Collected
            do throws(CollectError) {
                try ports.collect.checkPace(of: identity.source, byteCount: request.body.count)
                let items = try NativeFormat.items(request.body, isNDJSON: isNDJSON)
                collected = try await ports.collect(
                    items, format: .native, source: identity.source, byteCount: request.body.count)
            } catch {
                throw Problem(error)
            }
            let answer = collected.answer
            return .json(
                bytes: answer.bytes, status: answer.refused == collected.receipts.count ? 422 : 200,
                headers: collected.headers(answer))
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
    private(set) var rejected = 0

    init(_ rows: [Row], id: ReceiptID? = nil) {
        self.id = id
        self.rows = rows
        for row in rows {
            switch row.status {
            case .accepted: accepted += 1
            case .duplicate: duplicate += 1
            case .quarantined: quarantined += 1
            case .rejected: rejected += 1
            }
        }
    }

    init(_ receipts: [Receipt], id: ReceiptID? = nil) {
        self.init(receipts.map { Row(id: $0.id, status: $0.status) }, id: id)
    }

    /// Elements that were not taken.
    var refused: Int { quarantined + rejected }

    /// Why elements were not taken, in their order.
    var refusals: [Refusal] {
        rows.compactMap(\.status.refusal)
    }

    var counts: JSONObject {
        var object = JSONObject()
        object.append("accepted", .int(Int64(accepted)))
        object.append("duplicate", .int(Int64(duplicate)))
        object.append("quarantined", .int(Int64(quarantined)))
        object.append("rejected", .int(Int64(rejected)))
        return object
    }

    /// As JSON text. Written row by row: a batch of thousands is answered as fast as it is read.
    var bytes: [UInt8] {
        var head = counts
        if let id { head.append("receipt", .string(id.description)) }
        var out: [UInt8] = []
        out.reserveCapacity(64 * (rows.count + 2))
        head.write(to: &out)
        out.removeLast()  // The brace: rows follow.
        out += #","receipts":["#.utf8
        for (index, row) in rows.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            row.write(index: index, to: &out)
        }
        out += "]}".utf8
        return out
    }

    /// For a header.
    var summary: String {
        "accepted=\(accepted), duplicate=\(duplicate), quarantined=\(quarantined)"
            + (rejected > 0 ? ", rejected=\(rejected)" : "")
    }
}

extension ReceiptsAnswer.Row {
    fileprivate func write(index: Int, to out: inout [UInt8]) {
        out += #"{"index":"#.utf8
        out += String(index).utf8
        switch status {
        case .accepted: out += #","status":"accepted""#.utf8
        case .duplicate: out += #","status":"duplicate""#.utf8
        case .quarantined(let refusal, let quarantineID):
            out += #","status":"quarantined""#.utf8
            Self.write(refusal, to: &out)
            out += #","quarantine_id":"#.utf8
            out += String(quarantineID).utf8
        case .rejected(let refusal):
            out += #","status":"rejected""#.utf8
            Self.write(refusal, to: &out)
        }
        if let id {
            out += #","id":"#.utf8
            JSON.write(id.text, to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    private static func write(_ refusal: Refusal, to out: inout [UInt8]) {
        out += #","reason":"#.utf8
        JSON.string(refusal.reason.rawValue).write(to: &out)
        out += #","detail":"#.utf8
        JSON.string(refusal.detail).write(to: &out)
    }
}

extension Collected {
    var answer: ReceiptsAnswer {
        ReceiptsAnswer(receipts, id: id)
    }

    /// The receipt in short, for clients that pass over our body or do not expect it.
    func headers(_ answer: ReceiptsAnswer) -> HTTPHeaders { ["X-Quanyu-Receipt": "\(id); \(answer.summary)"] }
}
