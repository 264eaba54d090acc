import Base
import Collect
import HTTPServer

extension WireRoute {
    /// Segment's HTTP API, and RudderStack's on the same routes. The clients of both take any 200 for success and read
    /// no body; of an error they read `code` and `message`, and one of RudderStack's tries again where `message` is
    /// missing, whatever the status.
    static let segment: [WireRoute] = ["track", "identify", "page", "screen", "group", "alias", "batch", "import"].map {
        WireRoute(
            methods: [.post], pattern: "/v1/\($0)", format: .segment,
            mediaTypes: ["application/json", "text/plain"],  // Beacons of browsers send text.
            read: { request throws(CollectError) in try SegmentFormat.envelope(request) },
            taken: { _, _ in .json(["success": true]) },
            refused: { _, refusal in
                guard case .bytes(let bytes) = refusal.body, var object = (try? JSON.parse(bytes))?.objectValue else {
                    return refusal
                }
                object["message"] = object["detail"]
                var response = refusal
                response.body = .bytes(JSON.object(object).bytes)
                return response
            })
    }
}
