import Collect
import HTTPServer

extension WireRoute {
    /// Snowplow's collector. Its trackers take any 2xx for success and read no body.
    static let snowplow: [WireRoute] = [
        snowplowRoute(.post, "/com.snowplowanalytics.snowplow/tp2") { _, _ in .text("ok") },
        snowplowRoute(.get, "/i") { _, _ in .pixel },
    ]

    private static func snowplowRoute(
        _ method: HTTPMethod, _ pattern: String,
        taken: @escaping @Sendable (HTTPRequest, ReceiptsAnswer) -> HTTPResponse
    ) -> WireRoute {
        WireRoute(
            methods: [method], pattern: pattern, format: .snowplow, keyParameter: "key",
            read: { request throws(CollectError) in try SnowplowFormat.envelope(request) }, taken: taken)
    }
}
