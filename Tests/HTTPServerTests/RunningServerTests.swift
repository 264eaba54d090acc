import Base
import Foundation
import Synchronization
import Testing

@testable import HTTPServer

/// Over real connections, byte by byte where a client library would be too well behaved.
struct RunningServerTests {
    private static func started(
        _ change: (inout HTTPServerOptions) -> Void = { _ in }, metrics: Metrics = Metrics()
    ) throws -> (HTTPServer, UInt16) {
        var options = HTTPServerOptions()
        options.bodyBytesMax = 1000
        change(&options)
        var router = Router()
        router.on(.post, "/echo") { .text(String(decoding: $0.body, as: UTF8.self)) }
        router.on(.get, "/peer") { .text("[\($0.remoteAddress)]") }
        router.on(.get, "/slow") { _ in
            try? await Task.sleep(for: .milliseconds(300))
            return .text("done")
        }
        router.on(.get, "/events") { _ in
            .events(
                AsyncStream { stream in
                    for number in 1...3 { stream.yield(ServerSentEvent(data: "\(number)")) }
                    stream.finish()
                })
        }
        router.on(.get, "/endless") { _ in .events(AsyncStream { _ in }) }
        let server = HTTPServer(options: options, router: router, log: .silent, metrics: metrics)
        return (server, try server.start())
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, sent: String, want: [String]
        var testDescription: String { why }
    }

    static let cases = [
        Case(
            why: "a body comes back", sent: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            want: ["HTTP/1.1 200 OK", "Content-Length: 2", "\r\n\r\nhi"]),
        Case(
            why: "a body in chunks",
            sent: "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
            want: ["200 OK", "\r\n\r\nhi"]),
        Case(
            why: "two requests on one connection",
            sent: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1"
                + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n2",
            want: ["\r\n\r\n1HTTP/1.1 200 OK", "\r\n\r\n2"]),
        Case(
            why: "a body that is declared too large",
            sent: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"
                + String(repeating: "x", count: 1001),
            want: ["413 Content Too Large", "body_too_large"]),
        Case(
            why: "a body that turns out too large",
            sent: "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
                + String(repeating: "x", count: 1001) + "\r\n0\r\n\r\n",
            want: ["413 Content Too Large", "body_too_large"]),
        Case(
            why: "a body that is far too large is not waited for",
            sent: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
            want: ["413 Content Too Large"]),
        Case(
            why: "an encoding that is not read",
            sent: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\n1",
            want: ["415 Unsupported Media Type", "gzip, deflate, zstd"]),
        Case(
            why: "encodings stacked without end",
            sent: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip, gzip, gzip\r\nContent-Length: 1\r\n\r\n1",
            want: ["415 Unsupported Media Type", "at most 2 encodings"]),
        Case(
            why: "a method that nobody knows", sent: "BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n",
            want: ["501 Not Implemented", "unknown_method"]),
        Case(
            why: "events of a stream", sent: "GET /events HTTP/1.0\r\nHost: a\r\n\r\n",
            want: ["text/event-stream", "data: 1\n\ndata: 2\n\ndata: 3\n\n"]),
        Case(
            why: "a sound request id is kept",
            sent: "POST /echo HTTP/1.1\r\nHost: a\r\nX-Request-Id: r-1\r\nContent-Length: 0\r\n\r\n",
            want: ["X-Request-Id: r-1"]),
        Case(
            why: "who sent is known at each request of a connection",
            sent: "GET /peer HTTP/1.1\r\nHost: a\r\n\r\nGET /peer HTTP/1.1\r\nHost: a\r\n\r\n",
            want: ["[127.0.0.1]HTTP/1.1 200 OK", "\r\n\r\n[127.0.0.1]"]),
    ]

    @Test(arguments: cases)
    func answersWhatComesOverTheWire(_ c: Case) async throws {
        let (server, port) = try Self.started()
        let connection = try RawConnection(port: port)
        connection.send(c.sent)
        let got = await connection.read(until: c.want)
        for part in c.want { #expect(got.contains(part), "\(got)") }
        #expect(await server.stop() == 0)
    }

    /// Also where the client's own name is not sound.
    @Test func everyRequestHasANameOfItsOwn() async throws {
        let (server, port) = try Self.started()
        let connection = try RawConnection(port: port)
        for name in ["", "X-Request-Id: no sound name\r\n"] {
            connection.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(name)Content-Length: 2\r\n\r\nhi")
            let got = await connection.read(until: ["\r\n\r\nhi"])
            #expect(got.firstMatch(of: /X-Request-Id: [0-9a-z]+\r\n/) != nil, "\(got)")
        }
        #expect(await server.stop() == 0)
        let names = RequestIDs()
        #expect(Set((0..<1000).map { _ in names.next().text }).count == 1000)
        #expect(RequestIDs().next().text != RequestIDs().next().text)
    }

    @Test func aRequestThatTakesTooLongIsToldSo() async throws {
        let (server, port) = try Self.started { $0.idleMax = Milliseconds(200) }
        let connection = try RawConnection(port: port)
        connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1")
        #expect(await connection.read(until: ["408 Request Timeout", "too_slow"]).contains("too_slow"))
        await server.stop()
    }

    @Test func aSilentConnectionIsEnded() async throws {
        let (server, port) = try Self.started { $0.idleMax = Milliseconds(200) }
        let connection = try RawConnection(port: port)
        #expect(await connection.read(until: ["never"]) == "")
        #expect(connection.isEnded)
        await server.stop()
    }

    @Test func aStopFinishesWhatWasAccepted() async throws {
        let (server, port) = try Self.started()
        let connection = try RawConnection(port: port)
        connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        try await Task.sleep(for: .milliseconds(100))
        #expect(await server.stop() == 0)
        let got = await connection.read(until: ["done"])
        #expect(got.contains("200 OK") && got.contains("Connection: close") && got.hasSuffix("done"))
        #expect(throws: RawConnection.Refused.self) { try RawConnection(port: port) }
    }

    @Test func aStopEndsStreamsThatHaveNoEnd() async throws {
        let (server, port) = try Self.started()
        let connection = try RawConnection(port: port)
        connection.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await connection.read(until: ["event-stream"]).contains("200 OK"))
        #expect(await server.stop() == 0)
    }

    @Test func aSilentStreamIsKeptAlive() async throws {
        let (server, port) = try Self.started { $0.keepAlive = Milliseconds(50) }
        let connection = try RawConnection(port: port)
        connection.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await connection.read(until: [": \n\n"]).contains(": \n\n"))
        await server.stop()
    }

    @Test func otherOriginsReadOnlyWhereTheyMay() async throws {
        let (server, port) = try Self.started { $0.corsOrigins = ["https://shop.example"] }
        let preflight = "OPTIONS /echo HTTP/1.1\r\nHost: a\r\nAccess-Control-Request-Method: POST\r\nOrigin: "
        let known = try RawConnection(port: port)
        known.send(preflight + "https://shop.example\r\n\r\n")
        let allowed = await known.read(until: ["\r\n\r\n"])
        #expect(allowed.contains("Access-Control-Allow-Origin: https://shop.example"))
        #expect(allowed.contains("Access-Control-Allow-Methods: POST"))
        let unknown = try RawConnection(port: port)
        unknown.send(preflight + "https://evil.example\r\n\r\n")
        let refused = await unknown.read(until: ["\r\n\r\n"])
        #expect(!refused.contains("Access-Control-Allow-Origin"))
        await server.stop()
    }

    @Test func aPortInUseIsNamed() async throws {
        let (server, port) = try Self.started()
        #expect(throws: HTTPServerError.self) { try Self.started { $0.port = port } }
        await server.stop()
    }

    @Test func requestsAreCountedByRouteAndNotByPath() async throws {
        let metrics = Metrics()
        let (server, port) = try Self.started(metrics: metrics)
        for path in ["/a", "/b"] {
            let connection = try RawConnection(port: port)
            connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await connection.read(until: ["not_found"]).contains("404"))
        }
        await server.stop()
        #expect(
            metrics.exposition().contains(
                #"quanyu_http_requests_total{method="GET",route="(unknown)",status="404"} 2.0"#))
    }

    /// Also before the daemon has opened the first one.
    @Test func oneConnectionTooManyIsToldSo() async throws {
        let (server, port) = try Self.started { $0.connectionCountMax = 1 }
        let first = try RawConnection(port: port)
        let second = try RawConnection(port: port)
        first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
        #expect(await first.read(until: ["\r\n\r\nhi"]).contains("200 OK"))
        let answer = await second.read(until: ["too_many_connections"])
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(answer.contains("Retry-After: 1\r\n"))
        first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nho")
        #expect(await first.read(until: ["\r\n\r\nho"]).contains("200 OK"))
        #expect(await server.stop() == 0)
    }
}
