import Base
import Collect
import HTTPServer

extension WireRoute {
    /// Segment's HTTP API. Its clients take any 200 for success and read no body.
    static let segment: [WireRoute] = ["track", "identify", "page", "screen", "group", "alias", "batch", "import"].map {
        WireRoute(
            methods: [.post], pattern: "/v1/\($0)", format: .segment,
            mediaTypes: ["application/json", "text/plain"],  // Beacons of browsers send text.
            read: { request throws(CollectError) in try SegmentFormat.envelope(request) },
            taken: { _, _ in .json(["success": true]) })
    }
}
