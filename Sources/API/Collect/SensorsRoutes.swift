import Base
import Collect
import HTTPServer

extension WireRoute {
    /// Sensors Analytics. Its clients look at the status alone; the debugging one shows the body.
    static let sensors: [WireRoute] = [
        sensorsRoute("/sa") { _, _ in .text("") },
        sensorsRoute("/sa.gif") { _, _ in .pixel },
        WireRoute(
            methods: [.post], pattern: "/debug", format: .sensors, keyParameter: "token",
            read: { request throws(CollectError) in try SensorsFormat.envelope(request) },
            taken: { _, answer in
                let refusals = answer.refusals.map { "\($0.reason.rawValue): \($0.detail)" }
                return .text(refusals.joined(separator: "\n"), status: refusals.isEmpty ? 200 : 400)
            },
            refused: { _, refusal in refusal.asText },
            isTrial: { $0.headers["Dry-Run"]?.lowercased() == "true" }),
    ]

    private static func sensorsRoute(
        _ pattern: String, taken: @escaping @Sendable (HTTPRequest, ReceiptsAnswer) -> HTTPResponse
    ) -> WireRoute {
        WireRoute(
            methods: [.post, .get], pattern: pattern, format: .sensors, keyParameter: "token",
            read: { request throws(CollectError) in try SensorsFormat.envelope(request) }, taken: taken)
    }
}
