import Base
import Collect
import HTTPServer

extension WireRoute {
    /// CloudEvents as a webhook receives them (HTTP 1.1 Web Hooks for Event Delivery 1.0.2).
    static let cloudevents = WireRoute(
        methods: [.post, .options], pattern: "/api/v1/cloudevents", format: .cloudevents,
        read: { request throws(CollectError) in try CloudEventsFormat.envelope(request) },
        taken: { _, answer in answer.refused == 0 ? .noContent() : HTTPResponse(status: 202) },
        aside: { request in request.method == .options ? permission(request) : unreadable(request) })

    /// A sender asks whether its deliveries are welcome. They are: each must bring a key all the same.
    private static func permission(_ request: HTTPRequest) -> HTTPResponse {
        var response = HTTPResponse.noContent(headers: ["Allow": "POST, OPTIONS"])
        guard let origin = request.headers["WebHook-Request-Origin"] else { return response }
        response.status = 200
        response.headers["WebHook-Allowed-Origin"] = origin
        response.headers["WebHook-Allowed-Rate"] = "*"
        return response
    }

    /// An event in a format that is not JSON.
    private static func unreadable(_ request: HTTPRequest) -> HTTPResponse? {
        let types = [CloudEventsFormat.structuredType, CloudEventsFormat.batchType]
        guard let type = request.mediaType, type.hasPrefix("application/cloudevents"), !types.contains(type) else {
            return nil
        }
        return Problem.unsupportedType(type, allowed: types).response
    }
}
