import Base
import Collect
import HTTPServer

extension WireRoute {
    /// What RudderStack has beside Segment's routes, with its gateway's words.
    static let rudder: [WireRoute] =
        ["merge", "audiencelist"].map {
            messages("/v1/\($0)") { r throws(CollectError) in try SegmentFormat.envelope(r) }
        }
        + [messages("/beacon/v1/batch") { request throws(CollectError) in try RudderFormat.beacon(request) }]
        + ["track", "page"].map(pixel)

    private static func messages(
        _ pattern: String, _ read: @escaping @Sendable (WireRequest) throws(CollectError) -> WireEnvelope
    ) -> WireRoute {
        WireRoute(
            methods: [.post], pattern: pattern, format: .rudder, mediaTypes: ["application/json", "text/plain"],
            read: read, taken: { _, _ in .text("OK") },
            refused: { request, refusal in
                words(for: refusal, to: request).map { refusal.saying(.text($0)) } ?? refusal
            })
    }

    /// The image is answered whatever became of the event; the status tells.
    private static func pixel(_ type: String) -> WireRoute {
        WireRoute(
            methods: [.get], pattern: "/pixel/v1/\(type)", format: .rudder,
            read: { request throws(CollectError) in RudderFormat.pixel(request) }, taken: { _, _ in .pixel },
            refused: { _, refusal in refusal.saying(.pixel) },
            aside: { request in request.method == .head ? .pixel : nil })
    }

    private static func words(for refusal: HTTPResponse, to request: HTTPRequest) -> String? {
        switch refusal.status {
        case 400 where request.body.isEmpty: "request body is nil"
        case 400 where refusal.problemCode == "empty": "empty batch payload"
        case 400: "invalid json"
        case 401 where request.headers["Authorization"] == nil && request.query["writeKey"] == nil:
            "failed to read writekey from \(request.path.hasPrefix("/beacon") ? "query params" : "header")"
        case 401: "invalid write key"
        case 413: "request size exceeds max limit"
        case 429: "max requests limit reached"
        case 503: "service unavailable"
        default: nil
        }
    }
}

extension API {
    /// As RudderStack's gateway tells its own.
    func registerVersion(on router: inout Router) {
        router.on(.get, "/version", crossOrigin: .anyOrigin) { [options] _ in
            .json(["Version": .string(options.version)])
        }
    }
}
