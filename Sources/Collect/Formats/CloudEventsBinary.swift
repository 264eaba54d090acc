import Base
import Domain
import Foundation

/// The data of a CloudEvent and how it travels: as the body beside `ce-` headers, as `data`, or as `data_base64`.
enum CloudEventsBinary {
    private static let prefix = "ce-"

    /// The event in its structured form; nil where no header begins with `ce-`.
    static func event(_ request: WireRequest) throws(CollectError) -> JSONObject? {
        var event = JSONObject()
        for field in request.headers where field.name.lowercased().hasPrefix(prefix) {
            event[String(field.name.dropFirst(prefix.count)).lowercased()] = .string(decoded(field.value))
        }
        guard !event.isEmpty else { return nil }
        if let type = request.mediaType { event["datacontenttype"] = .string(type) }
        guard !request.body.isEmpty else { return event }
        if isJSON(request.mediaType) {
            event["data"] = try NativeFormat.parse(request.body)
        } else if let text = String(validating: request.body, as: UTF8.self) {
            event["data"] = .string(text)
        } else {
            event["data_base64"] = .string(Data(request.body).base64EncodedString())
        }
        return event
    }

    /// What the event says: `data`, or the JSON within `data_base64`; other bytes stay in base64.
    static func data(of event: JSONObject) throws(Refusal) -> JSON {
        guard let text = event["data_base64"]?.stringValue else { return event["data"] ?? .null }
        guard let bytes = Data(base64Encoded: text) else {
            throw Refusal(.invalidEncoding, "`data_base64` is not base64")
        }
        guard isJSON(event["datacontenttype"]?.stringValue) else { return .string(text) }
        do throws(JSONError) { return try JSON.parse(Array(bytes)) } catch {
            throw Refusal(.malformedJSON, "`data_base64` is not the JSON that it is said to be: \(error.reason)")
        }
    }

    /// Where no type is given, it is JSON.
    private static func isJSON(_ type: String?) -> Bool {
        guard let type = type?.prefix(while: { $0 != ";" }).lowercased() else { return true }
        return type.hasSuffix("/json") || type.hasSuffix("+json")
    }

    /// Header values are percent-encoded, and some senders put them in quotation marks.
    private static func decoded(_ value: String) -> String {
        let inner =
            value.count >= 2 && value.first == "\"" && value.last == "\"" ? String(value.dropFirst().dropLast()) : value
        return inner.removingPercentEncoding ?? inner
    }
}
