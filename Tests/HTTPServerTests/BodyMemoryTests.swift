import Base
import Foundation
import Testing

@testable import HTTPServer

/// Bodies are in memory before it is known who sends them: all of them together have a bound.
struct BodyMemoryTests {
    private struct NeverHeld: Error { let byteCount: Int }

    private static let waitMsMax = 300_000

    private let metrics = Metrics()
    private let gate = AsyncStream<Void>.makeStream()

    private func started() throws -> (HTTPServer, UInt16) {
        var options = HTTPServerOptions()
        options.bodyBytesMax = 1000
        options.bodyBytesHeldMax = 2000
        options.idleMax = .minutes(10)  // Other tests may have the pool for long.
        var router = Router()
        router.on(.post, "/count") { .text("\($0.body.count) bytes") }
        let opened = gate.stream
        router.on(.post, "/held") { _ in
            for await _ in opened {}
            return .text("let go")
        }
        router.on(.post, "/unwrapped") { request in
            let isTaken = request.allowance.take(request.allowance.bytesMax)
            for await _ in opened {}
            return .text(isTaken ? "room" : "no room")
        }
        let server = HTTPServer(options: options, router: router, log: .silent, metrics: metrics)
        return (server, try server.start())
    }

    private static func post(_ path: String, byteCount: Int, sent: Int, headers: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\n\(headers)Content-Length: \(byteCount)\r\n\r\n"
            + String(repeating: "x", count: sent)
    }

    private func waitUntil(held byteCount: Int) async throws {
        for _ in 0..<Self.waitMsMax {
            if metrics.exposition().contains("quanyu_http_body_bytes \(byteCount).0") { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw NeverHeld(byteCount: byteCount)
    }

    @Test func bodiesPastTheBoundAreRefusedUntilOthersAreDone() async throws {
        let (server, port) = try started()
        let first = try RawConnection(port: port)
        first.send(Self.post("/count", byteCount: 1000, sent: 900))
        var second: RawConnection? = try RawConnection(port: port)
        second?.send(Self.post("/count", byteCount: 1000, sent: 900))
        try await waitUntil(held: 1800)

        let third = try RawConnection(port: port)
        third.send(Self.post("/count", byteCount: 300, sent: 300))
        let refusal = await third.read(until: ["overloaded"])
        #expect(refusal.contains("503 Service Unavailable") && refusal.contains("Retry-After: 1"), "\(refusal)")

        first.send(String(repeating: "x", count: 100))
        #expect(await first.read(until: ["1000 bytes"]).contains("200 OK"))
        try await waitUntil(held: 900)
        third.send(Self.post("/count", byteCount: 300, sent: 300))
        #expect(await third.read(until: ["300 bytes"]).contains("200 OK"))

        second = nil  // It leaves in the middle of its body.
        try await waitUntil(held: 0)
        await server.stop()
    }

    @Test func aBodyCountsUntilItsHandlerHasAnswered() async throws {
        let (server, port) = try started()
        let connection = try RawConnection(port: port)
        connection.send(Self.post("/held", byteCount: 700, sent: 700))
        try await waitUntil(held: 700)
        gate.continuation.finish()
        #expect(await connection.read(until: ["let go"]).contains("200 OK"))
        try await waitUntil(held: 0)
        await server.stop()
    }

    @Test func aRefusedBodyIsNotHeld() async throws {
        let (server, port) = try started()
        let connection = try RawConnection(port: port)
        connection.send(
            "POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n384\r\n"
                + String(repeating: "x", count: 900) + "\r\n")
        try await waitUntil(held: 900)
        connection.send("65\r\n" + String(repeating: "x", count: 101) + "\r\n")
        try await waitUntil(held: 0)
        connection.send("0\r\n\r\n")
        #expect(await connection.read(until: ["body_too_large"]).contains("413"))
        try await waitUntil(held: 0)
        await server.stop()
    }

    @Test func whatABodyStandsForCountsToo() async throws {
        let (server, port) = try started()
        let zeros = try #require(Data(base64Encoded: ContentEncodingTests.gzipOf900Zeros))
        var waiting: [RawConnection] = []
        for held in [900, 1800] {
            let connection = try RawConnection(port: port)
            connection.send(bytes: Self.gzipped("/held", zeros))
            waiting.append(connection)
            try await waitUntil(held: held + waiting.count * zeros.count)
        }
        let third = try RawConnection(port: port)
        third.send(bytes: Self.gzipped("/count", zeros))
        #expect(await third.read(until: ["overloaded"]).contains("503"))
        gate.continuation.finish()
        for connection in waiting { #expect(await connection.read(until: ["let go"]).contains("200 OK")) }
        try await waitUntil(held: 0)
        await server.stop()
    }

    @Test func whatAHandlerUnwrapsFromABodyCountsToo() async throws {
        let (server, port) = try started()
        var waiting: [RawConnection] = []
        for held in [1100, 1200] {
            let connection = try RawConnection(port: port)
            connection.send(Self.post("/unwrapped", byteCount: 100, sent: 100))
            waiting.append(connection)
            try await waitUntil(held: held)
        }
        gate.continuation.finish()
        #expect(await waiting[0].read(until: ["room"]).hasSuffix("\r\n\r\nroom"))
        #expect(await waiting[1].read(until: ["no room"]).contains("no room"))
        try await waitUntil(held: 0)
        await server.stop()
    }

    private static func gzipped(_ path: String, _ body: Data) -> [UInt8] {
        let headers = "Content-Encoding: gzip\r\n"
        return Array(post(path, byteCount: body.count, sent: 0, headers: headers).utf8) + body
    }
}
