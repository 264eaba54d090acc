import Base
import Domain
import HTTPServer
import Testing

@testable import API

@Suite struct LogRouteTests {
    private static let mapping: JSON = [
        "records": [["fields": ["person": "u", "name": ["const": "page_view"], "time": "time"]]]
    ]

    private static func log(_ changes: (String, JSON)...) -> JSON {
        var object = JSONObject([
            .init(name: "pattern", value: "/var/log/nginx/access.log"), .init(name: "format", value: "json"),
            .init(name: "mapping", value: mapping), .init(name: "source", value: "web"),
        ])
        for (name, value) in changes { object[name] = value }
        return .object(object)
    }

    @Test func aLogIsDeclaredChangedAndTakenAway() async throws {
        let world = try World()
        let added = try await world.post("/api/v1/logs", Self.log(), status: 201)
        #expect(added["id"] == 1 && added["beginning"] == "end" && added["enabled"] == true)
        let changed = try await world.ask(
            .put, "/api/v1/logs/1", type: "application/json", body: Self.log(("enabled", false)).bytes)
        #expect(try changed.json["enabled"] == false)
        _ = try await world.post("/api/v1/logs", Self.log(), status: 409)
        #expect(try await world.get("/api/v1/logs")["logs"]?.each("source") == ["web"])
        #expect(try await world.ask(.delete, "/api/v1/logs/1").status == 204)
        #expect(try await world.ask(.delete, "/api/v1/logs/1").status == 404)
        #expect(world.audit.map(\.action) == [.logSaved, .logSaved, .logRemoved])
    }

    @Test(
        arguments: [
            (("pattern", "/etc/shadow"), 422), (("format", "xml"), 400), (("source", "quanyu"), 400),
            (("beginning", "middle"), 400), (("mapping", [:]), 400),
        ] as [((String, JSON), Int)])
    func whatIsNoLogIsRefused(change: (String, JSON), status: Int) async throws {
        let world = try World()
        _ = try await world.post("/api/v1/logs", Self.log(change), status: status)
    }

    @Test func anNginxFormatThatIsNoneSaysWhy() async throws {
        let world = try World()
        let answer = try await world.post(
            "/api/v1/logs", Self.log(("format", "nginx"), ("line_format", "no variable")), status: 400)
        #expect(answer["detail"]?.stringValue?.contains("names at least one variable") == true)
    }

    @Test func thoseWhoOnlyReadDeclareNothing() async throws {
        let world = try World()
        let answer = try await world.ask(
            .post, "/api/v1/logs", as: "read", type: "application/json", body: Self.log().bytes)
        #expect(answer.status == 403)
    }

    @Test func linesAreTriedWithoutAnythingBeingTaken() async throws {
        let world = try World()
        let lines = #"{"u":"li","time":1700000000000}"# + "\n{}\nnot json\n"
        let tried = try await world.post(
            "/api/v1/log-trial", ["lines": .string(lines), "format": "json", "mapping": Self.mapping])
        #expect(tried["elements"]?.each("status") == ["accepted", "skipped", "quarantined"])
        #expect(world.eventCount == 0)
    }
}
