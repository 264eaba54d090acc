import Base
import HTTPServer
import Testing

@testable import API

@Suite("Health, metrics and the live stream over HTTP")
struct HealthRouteTests {
    @Test("readiness tells how far the timeline is, and anybody may ask")
    func readiness() async throws {
        let world = try World()
        #expect(try await world.ask(.get, "/health/live", as: nil).status == 200)
        world.become(Health(trouble: "the disk is out", journalSequence: 9, timelineSequence: 4))
        let response = try await world.ask(.get, "/health/ready", as: nil)
        #expect(response.status == 503)
        #expect(
            try response.json == [
                "status": "not_ready", "reason": "the disk is out", "journal_sequence": 9, "timeline_sequence": 4,
            ])
    }

    @Test("the document of the API is served as it is")
    func document() async throws {
        let response = try await World().ask(.get, "/openapi.json", as: nil)
        guard case .file(let file) = response.body else {
            Issue.record("no file")
            return
        }
        #expect(file.mediaType == "application/json")
        let missing = try World { $0.openAPIPath = "/nowhere/openapi.json" }
        #expect(await missing.answer(.get, "/openapi.json").status == 404)
    }

    @Test("totals come at once, and again when they have changed")
    func live() async throws {
        let world = try World { $0.livePeriod = .milliseconds(5) }
        let response = try await world.ask(.get, "/api/v1/live")
        guard case .events(let events) = response.body else {
            Issue.record("no stream")
            return
        }
        var stream = events.makeAsyncIterator()
        let first = try JSON.parse(try #require(await stream.next()).data)
        #expect(first == ["events": 0, "people": 0, "sequence": 0])
        try await world.send(["person": "a", "name": "click"])
        let second = try JSON.parse(try #require(await stream.next()).data)
        #expect(second == ["events": 1, "people": 1, "sequence": 1])
    }
}
