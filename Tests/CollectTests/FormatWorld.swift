import Base
import Collect
import Domain
import Synchronization
import Testing

/// One request of a wire format, taken in a world of its own.
struct FormatWorld {
    let events: [Event]
    let reasons: [QuarantineReason?]  // By element; nil where it was taken.
    let quarantined: [JSON]  // What quarantine keeps of the others.

    init(_ envelope: WireEnvelope, _ format: WireFormat) async throws {
        let world = try CollectWorld()
        let receipts = try await world.collect()(envelope.items, format: format, source: testSource).receipts
        events = world.collected
        reasons = receipts.map { receipt in
            guard case .quarantined(let refusal, _) = receipt.status else { return nil }
            return refusal.reason
        }
        quarantined = try world.entries.withLock { $0 }.map { try JSON.parse($0.body) }
        for item in envelope.items {
            let replayed = format.item(try JSON.parse(item.body))
            #expect(replayed.drafts == item.drafts && replayed.body == item.body, "each can be tried again")
        }
    }
}

extension WireRequest {
    init(
        _ kind: String = "", query: [(String, String)] = [], headers: [String: String] = [:], type: String? = nil,
        _ body: String = ""
    ) {
        self.init()
        self.kind = kind
        self.query = query
        self.headers = headers.map { (name: $0, value: $1) }
        mediaType = type
        self.body = Array(body.utf8)
    }
}

extension Event {
    /// `kind:id`, in the order of strength.
    var ids: [String] { identifiers.map { "\($0.kind.code):\($0.id.text)" } }
}
