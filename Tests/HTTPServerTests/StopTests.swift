import Base
import Foundation
import Synchronization
import Testing

@testable import HTTPServer

/// A stop beside clients that keep their connection and send the next request as soon as they have an answer.
struct StopTests {
    private static let roundCount = 40
    private static let clientCount = 4

    /// One round after the other: together they would wait for the pool and for nothing else.
    @Test func whatIsAcceptedIsAnsweredWhenTheServerStops() async throws {
        for round in 0..<Self.roundCount { try await stop(afterMoreAnswers: round) }
    }

    private func stop(afterMoreAnswers count: Int) async throws {
        let accepted = Atomic<Int>(0)
        var router = Router()
        router.on(.get, "/next") { _ in
            accepted.add(1, ordering: .relaxed)
            return .text("whole")
        }
        var options = HTTPServerOptions()
        options.idleMax = .minutes(10)  // Other tests may have the pool for long.
        let server = HTTPServer(options: options, router: router, log: .silent, metrics: Metrics())
        let port = try server.start()
        let clients = try (0..<Self.clientCount).map { _ in try RawConnection(port: port) }
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in clients { group.addTask { await Self.answersToATirelessClient(client) } }
            let acceptedMin = Self.clientCount + count  // Another instant in each round.
            for _ in 0..<600_000 where accepted.load(ordering: .relaxed) < acceptedMin {
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(accepted.load(ordering: .relaxed) >= acceptedMin)
            #expect(await server.stop() == 0)
            return try await group.reduce(0, +)
        }
        #expect(answered == accepted.load(ordering: .relaxed))
    }

    /// On a thread of its own; ends with the connection.
    private static func answersToATirelessClient(_ client: RawConnection) async -> Int {
        await withCheckedContinuation { done in
            Thread {
                var count = 0
                while client.exchange("GET /next HTTP/1.1\r\nHost: a\r\n\r\n", until: "\r\n\r\nwhole") { count += 1 }
                done.resume(returning: count)
            }.start()
        }
    }

    /// A stop that waited for the whole grace would cut it off.
    @Test func aStreamThatIsAnsweredWhileTheServerStopsEndsAtOnce() async throws {
        let (asked, gate) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
        var router = Router()
        router.on(.get, "/events") { _ in
            asked.continuation.yield()
            for await _ in gate.stream { break }
            return .events(AsyncStream { _ in })
        }
        var options = HTTPServerOptions()
        options.shutdownGrace = .seconds(20)
        options.keepAlive = .seconds(60)
        let server = HTTPServer(options: options, router: router, log: .silent, metrics: Metrics())
        let port = try server.start()
        let client = try RawConnection(port: port)
        client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        for await _ in asked.stream { break }
        async let left = server.stop()
        while (try? RawConnection(port: port)) != nil { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(100))
        gate.continuation.yield()
        #expect(await left == 0)
    }
}
