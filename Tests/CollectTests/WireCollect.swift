import Base
import Collect
import Domain
import Testing

/// What a request of some format becomes: its events in order, and the reasons of those elements that were set aside.
func collect(
    _ items: [WireItem], _ format: WireFormat
) async throws -> (events: [Event], reasons: [QuarantineReason]) {
    let world = try await FormatWorld(WireEnvelope(items: items), format)
    return (world.events, world.reasons.compactMap { $0 })
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
    request.headers = fields.map { (name: $0, value: $1) }
    return request
}
