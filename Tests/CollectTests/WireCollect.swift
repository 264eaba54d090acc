import Base
import Collect
import Domain
import Testing

/// What a request of some format becomes: its events in order, and the reasons of those elements that were set aside.
func collect(
    _ items: [WireItem], _ format: WireFormat
) async throws -> (events: [Event], reasons: [QuarantineReason]) {
    for item in items {
        let replayed = format.item(try JSON.parse(item.body))
        #expect(
            replayed.drafts == item.drafts && replayed.body == item.body,
            "an element is read alone as it was read in its request")
    }
    let world = try CollectWorld()
    let receipts = try await world.collect()(items, format: format, source: testSource).receipts
    let reasons = receipts.compactMap { receipt -> QuarantineReason? in
        guard case .quarantined(let refusal, _) = receipt.status else { return nil }
        return refusal.reason
    }
    return (world.collected, reasons)
}

func wireRequest(
    _ body: String = "", kind: String = "", type: String? = nil, query: [(String, String)] = [],
    fields: [(String, String)] = []
) -> WireRequest {
    var request = WireRequest()
    request.kind = kind
    request.mediaType = type
    request.body = Array(body.utf8)
    request.query = query.map { (name: $0, value: $1) }
    request.fields = fields.map { (name: $0, value: $1) }
    request.header = { name in fields.first { $0.0.lowercased() == name.lowercased() }?.1 }
    return request
}
