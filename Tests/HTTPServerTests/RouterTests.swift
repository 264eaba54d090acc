import Base
import Foundation
import TestSupport
import Testing

@testable import HTTPServer

struct RouterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, method: HTTPMethod, path: String, status: Int, body: String
        var testDescription: String { why }
    }

    static func router(files: String = "/nowhere") -> Router {
        var router = Router()
        router.on(.get, "/people/{id}") { .text("person \($0.parameters["id"] ?? "")") }
        router.on(.get, "/people/me") { _ in .text("me") }
        router.on(.get, "/people/{id}/events/{event}") {
            .text("\($0.parameters.sorted { $0.key < $1.key }.map(\.value))")
        }
        router.on(.post, "/people/{id}") { _ in .text("posted", status: 201) }
        router.mount("/assets", directory: files)
        return router
    }

    static let cases = [
        Case(why: "a named part", method: .get, path: "/people/7", status: 200, body: "person 7"),
        Case(
            why: "a named part is decoded", method: .get, path: "/people/a%2Fb%20c", status: 200, body: "person a/b c"),
        Case(why: "a fixed part wins over a named one", method: .get, path: "/people/me", status: 200, body: "me"),
        Case(
            why: "from a fixed part the way back is found", method: .get, path: "/people/me/events/9", status: 200,
            body: #"["9", "me"]"#),
        Case(why: "another method", method: .post, path: "/people/7", status: 201, body: "posted"),
        Case(why: "HEAD is answered by GET", method: .head, path: "/people/7", status: 200, body: "person 7"),
        Case(why: "an empty part matches no name", method: .get, path: "/people/", status: 404, body: ""),
        Case(why: "an unknown path", method: .get, path: "/else", status: 404, body: ""),
        Case(why: "a method that the path does not know", method: .delete, path: "/people/7", status: 405, body: ""),
        Case(why: "OPTIONS says what is allowed", method: .options, path: "/people/7", status: 204, body: ""),
        Case(why: "a broken escape", method: .get, path: "/people/%zz", status: 400, body: ""),
        Case(why: "an escape that is not UTF-8", method: .get, path: "/people/%ff", status: 400, body: ""),
        Case(why: "a step upwards", method: .get, path: "/assets/../secret", status: 400, body: ""),
        Case(why: "an escaped step upwards", method: .get, path: "/assets/%2e%2e/secret", status: 400, body: ""),
        Case(why: "a slash inside a file's name", method: .get, path: "/assets/..%2fsecret", status: 404, body: ""),
        Case(why: "a hidden file", method: .get, path: "/assets/.git", status: 404, body: ""),
    ]

    @Test(arguments: cases)
    func leadsARequestToItsHandler(_ c: Case) async {
        let response = await Self.router().answer(HTTPRequest(method: c.method, path: c.path))
        #expect(response.status == c.status)
        guard response.status < 300, case .bytes(let bytes) = response.body else { return }
        #expect(String(decoding: bytes, as: UTF8.self) == c.body)
    }

    @Test func aRefusedMethodNamesTheAllowedOnes() async {
        let response = await Self.router().answer(HTTPRequest(method: .delete, path: "/people/7"))
        #expect(response.headers["allow"] == "GET, POST, HEAD, OPTIONS")
    }

    @Test func aFileIsSentOnceAndThenKnownByItsTag() async throws {
        let folder = try TemporaryDirectory()
        try Data("let a = 1".utf8).write(to: URL(filePath: folder.path("a.js")))
        let router = Self.router(files: folder.path)
        let first = await router.answer(HTTPRequest(method: .get, path: "/assets/a.js"))
        #expect(first.status == 200)
        #expect(first.headers["Content-Type"] == "text/javascript; charset=utf-8")
        let tag = try #require(first.headers["ETag"])
        for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let again = await router.answer(
                HTTPRequest(method: .get, path: "/assets/a.js", headers: ["If-None-Match": known]))
            #expect(again.status == 304)
        }
        try Data("let a = 22".utf8).write(to: URL(filePath: folder.path("a.js")))
        let changed = await router.answer(
            HTTPRequest(method: .get, path: "/assets/a.js", headers: ["If-None-Match": tag]))
        #expect(changed.status == 200)
    }

    @Test func cookiesAndQueriesAreReadAsTheyWereSent() throws {
        let request = HTTPRequest(
            method: .get, path: "/", query: try #require(HTTPQuery(Array("a=1&b=x+y%26&a=2&c".utf8))),
            headers: ["cookie": "one=1; two=b=c", "Cookie": "one=9", "Content-Type": "Text/HTML; charset=x"])
        #expect(request.query["a"] == "1")
        #expect(request.query.values(of: "a") == ["1", "2"])
        #expect(request.query["b"] == "x y&")
        #expect(request.query["c"] == "")
        #expect(request.cookies == ["one": "1", "two": "b=c"])
        #expect(request.mediaType == "text/html")
        #expect(HTTPQuery(Array("a=%e".utf8)) == nil)
    }

    @Test func anEventOfAStreamIsOneBlock() {
        let event = ServerSentEvent(name: "totals", data: "a\nb", id: "7", retryMs: 1000)
        #expect(
            String(decoding: event.encoded, as: UTF8.self) == "event: totals\nid: 7\nretry: 1000\ndata: a\ndata: b\n\n")
    }
}
