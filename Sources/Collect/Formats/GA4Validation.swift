import Base

/// What Google's validation server says of a request of the Measurement Protocol, without taking it.
///
/// Source: developers.google.com/analytics/devguides/collection/protocol/ga4/validating-events.
public enum GA4Validation {
    public enum Code: String, Sendable {
        case valueInvalid = "VALUE_INVALID"
        case valueRequired = "VALUE_REQUIRED"
        case nameInvalid = "NAME_INVALID"
        case exceededMaxEntities = "EXCEEDED_MAX_ENTITIES"
    }

    public struct Message: Sendable, Equatable {
        public let fieldPath: String
        public let description: String
        public let code: Code
    }

    private static let paramCountMax = 25
    private static let nameCountMax = 40

    /// Google's rules first, and then why Quanyu would set an event aside.
    ///
    /// - Parameter trial: What would become of the items of an envelope, in order.
    public static func messages(
        _ request: WireRequest, trial: ([WireItem]) throws(CollectError) -> [Receipt]
    ) -> [Message] {
        let body = (try? NativeFormat.parse(request.body))?.objectValue ?? JSONObject()
        var messages: [Message] = []
        if body["client_id"] == nil, body["app_instance_id"] == nil {
            messages.append(
                Message(fieldPath: "client_id", description: "`client_id` is missing.", code: .valueRequired))
        }
        for (index, event) in (body["events"]?.arrayValue ?? []).enumerated() { messages += rules(event, index) }
        do throws(CollectError) {
            for receipt in try trial(try GA4Format.envelope(request).items) {
                guard let refusal = receipt.status.refusal, refusal.reason != .missingName else { continue }
                let path = "events[\(receipt.index)]"
                messages.append(Message(fieldPath: path, description: refusal.detail, code: .valueInvalid))
            }
        } catch {
            messages.append(message(error))
        }
        return messages
    }

    private static func rules(_ event: JSON, _ index: Int) -> [Message] {
        var messages: [Message] = []
        let name = event["name"]?.stringValue ?? ""
        if name.isEmpty || name.utf8.count > nameCountMax || !isWord(name) {
            let rule = "Names begin with a letter and hold at most \(nameCountMax) letters, digits and underscores."
            messages.append(
                Message(
                    fieldPath: "events",
                    description: "Event at index: [\(index)] has invalid name [\(name.prefix(100))]. \(rule)",
                    code: .nameInvalid))
        }
        let paramCount = event["params"]?.objectValue?.members.count ?? 0
        if paramCount > paramCountMax {
            let description =
                "Event at index: [\(index)] has \(paramCount) parameters; at most \(paramCountMax) are allowed."
            messages.append(Message(fieldPath: "events", description: description, code: .exceededMaxEntities))
        }
        return messages
    }

    private static func isWord(_ name: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        return name.utf8.first.map(isLetter) == true
            && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    private static func message(_ error: CollectError) -> Message {
        switch error {
        case .tooManyEvents(let count, let countMax):
            let description = "The request has \(count) events; at most \(countMax) are allowed."
            return Message(fieldPath: "events", description: description, code: .exceededMaxEntities)
        case .malformed(let reason, _):
            return Message(fieldPath: "", description: "The body is not JSON: \(reason)", code: .valueInvalid)
        case .wrongShape(let expected, let got):
            return Message(
                fieldPath: "events", description: "The body must be \(expected), not \(got).", code: .valueInvalid)
        case .tooLarge(let bytesMax):
            let description = "The body may stand for at most \(bytesMax) bytes."
            return Message(fieldPath: "", description: description, code: .exceededMaxEntities)
        case .notSigned(let reason):
            return Message(fieldPath: "", description: reason, code: .valueInvalid)
        case .empty, .throttled, .unavailable:
            return Message(fieldPath: "events", description: "There is no event.", code: .valueRequired)
        }
    }
}
