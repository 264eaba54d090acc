import Base
import Foundation
import Synchronization
import Testing

@testable import HTTPServer

/// The thread that takes connections, over a system that answers as the test wants.
@Suite struct AcceptorTests {
    private static let silentCore = ServerCore(
        options: HTTPServerOptions(), router: Router(), log: .silent, metrics: Metrics())

    /// Takes connections for a while from a socket where one waits, and stops.
    ///
    /// - Returns: How often the system was asked in ten milliseconds.
    private static func callRate(whereEachFailsWith code: Int32) async throws -> Double {
        let count = Mutex(0)
        let socket = try ListenSocket(host: "127.0.0.1", port: 0)
        let acceptor = try Acceptor(socket: socket, core: silentCore, daemon: 0) { _, _, _ in
            count.withLock { $0 += 1 }
            errno = code
            return -1
        }
        let client = try RawConnection(port: socket.port)
        while count.withLock({ $0 }) < 3 { try await Task.sleep(for: .milliseconds(1)) }
        let (before, start) = (count.withLock { $0 }, ContinuousClock.now)
        try await Task.sleep(for: .milliseconds(100))
        acceptor.stop()
        withExtendedLifetime(client) {}
        return Double(count.withLock { $0 } - before) / ((ContinuousClock.now - start) / .milliseconds(10))
    }

    @Test(.timeLimit(.minutes(1)), arguments: [EINTR, ECONNABORTED, EPROTO, ENETUNREACH])
    func aFloodThatNeverEndsDoesNotHoldUpAStop(code: Int32) async throws {
        #expect(try await Self.callRate(whereEachFailsWith: code) > 10)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [EMFILE, EBADF, EINVAL, EPERM])
    func aFailureThatStaysIsNotTriedWithoutAPause(code: Int32) async throws {
        #expect(try await Self.callRate(whereEachFailsWith: code) < 1.5)
    }

    @Test func aConnectionHasItsPlaceBeforeTheDaemonOpensIt() {
        var options = HTTPServerOptions()
        options.connectionCountMax = 2
        let core = ServerCore(options: options, router: Router(), log: .silent, metrics: Metrics())
        #expect(core.announce() && core.announce() && !core.announce())
        core.retract()
        #expect(core.announce())
        let link = ConnectionLink(descriptor: -1, remoteAddress: "", now: core.now)
        core.opened(link)
        #expect(!core.announce())
        core.closed(link)
        #expect(core.announce() && !core.announce())
    }
}
