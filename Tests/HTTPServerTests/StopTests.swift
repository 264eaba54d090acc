import Base
import Foundation
import Synchronization
import Testing

@testable import HTTPServer

/// A stop beside clients that keep their connection and send the next request as soon as they have an answer.
struct StopTests {
    private static let roundCount = 40
    private static let clientCount = 4

    @Test(arguments: 0..<roundCount)
    func whatIsAcceptedIsAnsweredWhenTheServerStops(round: Int) async throws {
        let accepted = Atomic<Int>(0)
        var router = Router()
        router.on(.get, "/next") { _ in
            accepted.add(1, ordering: .relaxed)
            return .text("whole")
        }
        let server = HTTPServer(options: HTTPServerOptions(), router: router, log: .silent, metrics: Metrics())
        let port = try server.start()
        let clients = try (0..<Self.clientCount).map { _ in try RawConnection(port: port) }
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in clients { group.addTask { await Self.answersToATirelessClient(client) } }
            let acceptedMin = Self.clientCount + round  // Another instant in each round.
            while accepted.load(ordering: .relaxed) < acceptedMin { try await Task.sleep(for: .microseconds(100)) }
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
}
