import Base
import Collect
import Domain
import HTTPServer

extension WireRoute {
    /// PostHog's capture API. Its clients take any 200 for success and show the text of a refusal.
    static let postHog: [WireRoute] = postHogPaths.flatMap { path in
        ["", "/"].map { slash in
            WireRoute(
                methods: [.post, .get], pattern: path + slash, format: .postHog, keyParameter: "token",
                read: { request throws(CollectError) in try PostHogFormat.envelope(request) },
                taken: { _, _ in .json(["status": "Ok"]) },
                refused: { _, refusal in refusal.asText })
        }
    }

    private static let postHogPaths = [
        "/e", "/capture", "/track", "/engage", "/i/v0/e", "/i/v0/ai/batch", "/batch", "/s",
    ]

    /// The second capture API, whose clients read what became of each event and the `detail` of a refusal.
    static let postHogAnalytics = WireRoute(
        methods: [.post], pattern: "/i/v1/analytics/events", format: .postHog, mediaTypes: ["application/json"],
        read: { request throws(CollectError) in try PostHogFormat.analyticsEnvelope(request) },
        taken: { request, answer in
            .json(PostHogFormat.analyticsResults(WireRequest(request), answer.rows.map(\.status.refusal)))
        })
}

extension API {
    /// What PostHog's clients ask about feature flags: there are none, which is an answer too.
    func registerPostHogFlags(on router: inout Router) {
        for path in ["/flags", "/flags/", "/decide", "/decide/"] {
            router.on(.post, path, crossOrigin: .anyOrigin) { request in
                let key: String?
                do throws(CollectError) { key = try PostHogFormat.projectKey(WireRequest(request)) } catch {
                    return Problem(error).response.asText
                }
                switch await verdict(on: request, key: key, .decide) {
                case .refused(let refusal): return refusal.asText
                case .admitted: return .json(.object(noFlags(request)))
                }
            }
        }
    }

    private func noFlags(_ request: HTTPRequest) -> JSONObject {
        let version = request.query["v"].flatMap { Int($0) } ?? 1
        let isDecide = request.path.hasPrefix("/decide")
        var answer = JSONObject()
        answer.append("errorsWhileComputingFlags", false)
        switch (isDecide, version) {
        case (false, 2...), (true, 4...): answer.append("flags", [:])
        case (true, ...1): answer.append("featureFlags", [])
        default:
            answer.append("featureFlags", [:])
            if !isDecide || version >= 3 { answer.append("featureFlagPayloads", [:]) }
        }
        answer.append("requestId", .string(request.id))
        answer.append("evaluatedAt", .int(ports.now().unixMs))
        guard isDecide || request.query["config"] == "true" else { return answer }
        for member in Self.clientConfiguration.members { answer.append(member.name, member.value) }
        return answer
    }

    /// What a browser's client may do beside sending events: nothing that we would have to store.
    private static let clientConfiguration = JSONObject(
        [
            ("hasFeatureFlags", false), ("supportedCompression", ["gzip", "gzip-js"]), ("sessionRecording", false),
            ("surveys", false), ("heatmaps", false), ("capturePerformance", false), ("autocaptureExceptions", false),
            ("isAuthenticated", false), ("toolbarParams", [:]), ("config", ["enable_collect_everything": true]),
        ].map { (name: String, value: JSON) in JSONObject.Member(name: name, value: value) })
}

extension HTTPResponse {
    /// A refusal for clients that show its body as it is: what its details say.
    var asText: HTTPResponse {
        guard case .bytes(let bytes) = body, let detail = (try? JSON.parse(bytes))?["detail"]?.stringValue else {
            return self
        }
        return .text(detail, status: status, headers: headers)
    }
}
