import Base
import Collect
import HTTPServer

extension WireRoute {
    /// Jitsu's ingestion for browsers and for servers.
    static let jitsu: [WireRoute] = ["/api/s/{kind}", "/api/s/s2s/{kind}"].map {
        WireRoute(
            methods: [.post], pattern: $0, format: .jitsu, mediaTypes: ["application/json", "text/plain"],
            read: { request throws(CollectError) in try JitsuFormat.envelope(request) },
            taken: { _, _ in .json(["ok": true]) },
            refused: { _, refusal in
                refusal.saying(.json(["ok": false, "error": .text(refusal.problemDetail)]))
            })
    }
}
