import Base

/// What RudderStack has beside Segment's API: a message written into the query of an image, and the key in the query.
///
/// Source: rudderstack.com/docs/api/pixel-api; its gateway's replies to its own clients.
public enum RudderFormat {
    private static let depthMax = 8  // Of a name with dots; the rest of it is one name.

    /// The body is Segment's; `writeKey` of the query comes before that of the body.
    public static func beacon(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        let envelope = try SegmentFormat.envelope(request)
        return WireEnvelope(items: envelope.items, key: request.parameter("writeKey") ?? envelope.key)
    }

    /// The request's `kind` is `track` or `page`; `properties.price=5` stands for `{"properties": {"price": "5"}}`.
    public static func pixel(_ request: WireRequest) -> WireEnvelope {
        var message = JSONObject()
        message.append("channel", "web")
        for (name, value) in request.query where name != "writeKey" {
            let path = name.split(separator: ".", maxSplits: depthMax - 1).map(String.init)
            set(.string(name == "anonymousId" ? unquoted(value) : value), at: path[...], in: &message)
        }
        message["type"] = .string(request.kind)
        return WireEnvelope(items: [SegmentFormat.item(.object(message))], key: request.parameter("writeKey"))
    }

    private static func set(_ value: JSON, at path: ArraySlice<String>, in object: inout JSONObject) {
        guard let name = path.first else { return }
        guard path.count > 1 else {
            object[name] = value
            return
        }
        var inner = object[name]?.objectValue ?? JSONObject()
        set(value, at: path.dropFirst(), in: &inner)
        object[name] = .object(inner)
    }

    /// AMP pages send the id with its quotation marks.
    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
        return String(text.dropFirst().dropLast())
    }
}
