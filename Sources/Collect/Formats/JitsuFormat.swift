import Base

/// Jitsu's ingestion, on `/api/s/{type}` and `/api/s/s2s/{type}`: Segment's messages, the key in a header.
///
/// Source: docs.jitsu.com/sending-data/http; its ingest service.
public enum JitsuFormat {
    /// The request's `kind` is the message's type; `event` leaves it to the message, which is a `track` where it has
    /// none.
    public static func envelope(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        var typed = request
        if request.kind == "event" {
            typed.kind = try NativeFormat.parse(request.body)["type"]?.stringValue ?? "track"
        }
        let envelope = try SegmentFormat.envelope(typed)
        let key = request.header("X-Write-Key") ?? request.parameter("writeKey") ?? envelope.key
        return WireEnvelope(items: envelope.items, key: key)
    }
}
