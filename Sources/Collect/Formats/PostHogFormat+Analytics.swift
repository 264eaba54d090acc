public import Base
import Domain

/// PostHog's second capture API, on the route `/i/v1/analytics/events`, which tells what became of each event.
///
/// Source: PostHog's Python client, `posthog/capture_v1.py`.
extension PostHogFormat {
    /// What an event of the first API has among its properties, by its name among the `options` of this one.
    private static let options = [
        ("cookieless_mode", "$cookieless_mode"), ("disable_skew_correction", "$ignore_sent_at"),
        ("product_tour_id", "$product_tour_id"), ("process_person_profile", "$process_person_profile"),
    ]

    /// A batch; the key stands in the request's header. Each event becomes one of the first API, so that quarantine can
    /// replay it as any other.
    public static func analyticsEnvelope(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        let body = try NativeFormat.parse(request.body)
        guard let batch = body["batch"]?.arrayValue else {
            throw .wrongShape(expected: "`batch`, an array of events", got: body["batch"]?.kindName ?? "none")
        }
        let sentAt = request.header("PostHog-Request-Timestamp").map { JSON.string($0) }
        let library = request.header("PostHog-Sdk-Info")?.split(separator: "/", maxSplits: 1).map(String.init) ?? []
        return WireEnvelope(
            items: batch.map { json in
                item(json.objectValue.map { .object(captured($0, sentAt: sentAt, by: library)) } ?? json)
            })
    }

    /// What its own server says of each event, by the event's `uuid`.
    ///
    /// - Parameter fates: Of the events, in order: nil where it was taken, or is known already.
    public static func analyticsResults(_ request: WireRequest, _ fates: [Refusal?]) -> JSON {
        let batch = (try? NativeFormat.parse(request.body))?["batch"]?.arrayValue ?? []
        var results = JSONObject()
        for (event, refusal) in zip(batch, fates) {
            guard let uuid = event["uuid"]?.stringValue else { continue }
            results.append(uuid, result(refusal))
        }
        return ["results": .object(results)]
    }

    /// What is set aside can still be taken as it is: the client need not send it again.
    private static func result(_ refusal: Refusal?) -> JSON {
        guard let refusal else { return ["result": "ok"] }
        return ["result": refusal.isKept ? "warning" : "drop", "details": .string(refusal.detail)]
    }

    private static func captured(_ event: JSONObject, sentAt: JSON?, by library: [String]) -> JSONObject {
        let given = event["properties"] ?? .null
        guard var properties = given == .null ? JSONObject() : given.objectValue else { return event }
        let options = event["options"]
        for (option, property) in Self.options {
            if let value = options?[option] { properties[property] = value }
        }
        for name in ["session_id", "window_id"] {
            if let value = event[name] { properties["$" + name] = value }
        }
        for (name, value) in zip(["$lib", "$lib_version"], library) where properties[name] == nil {
            properties[name] = .string(value)
        }
        var captured = JSONObject(event.members.filter { !["options", "session_id", "window_id"].contains($0.name) })
        captured["properties"] = .object(properties)
        if captured["sent_at"] == nil, let sentAt { captured["sent_at"] = sentAt }
        return captured
    }
}
