import Base
import Domain
import HTTPServer

extension API {
    func registerHealth(on router: inout Router) {
        router.on(.get, "/health/live") { _ in .json(["status": "live"]) }
        router.on(.get, "/health/ready") { _ in ready() }
        router.on(.get, "/openapi.json") { request in document(request) }
        on(.get, "/metrics", .read, &router) { _, _ in
            .text(ports.metrics.exposition(), mediaType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    private func document(_ request: HTTPRequest) -> HTTPResponse {
        guard let file = StaticFile(path: options.openAPIPath) else {
            return Problem.notFound("document of the API in this installation").response
        }
        return .file(file, for: request)
    }

    private func ready() -> HTTPResponse {
        let health = ports.health()
        var answer = JSONObject()
        answer.append("status", health.trouble == nil ? "ready" : "not_ready")
        if let trouble = health.trouble { answer.append("reason", .string(trouble)) }
        answer.append("journal_sequence", .int(Int64(clamping: health.journalSequence)))
        answer.append("timeline_sequence", .int(Int64(clamping: health.timelineSequence)))
        return .json(.object(answer), status: health.trouble == nil ? 200 : 503)
    }
}
