import Base
import HTTPServer

extension API {
    func registerHealth(on router: inout Router) {
        router.on(.get, "/health/live") { _ in .json(["status": "live"]) }
        router.on(.get, "/health/ready") { _ in ready() }
    }

    private func ready() -> HTTPResponse {
        let health = ports.health()
        return .json(
            [
                "status": health.isReady ? "ready" : "not_ready",
                "journal_sequence": .int(Int64(clamping: health.journalSequence)),
                "timeline_sequence": .int(Int64(clamping: health.timelineSequence)),
            ], status: health.isReady ? 200 : 503)
    }
}
