import Foundation
import Synchronization
import TestSupport
import Testing

@testable import App

@Suite struct ServeTests {
    @Test func aServerThatFailsNoLongerAnswers() async throws {
        let folder = try TemporaryDirectory()
        let said = Said()
        let sink = Terminal.Sink(isWatched: false, result: { said.add($0) }, aside: { _ in })
        let configuration = try Configuration(file: nil, environment: [:], flags: ["port": "0", "log_level": "error"])
        let serving = Terminal.$sink.withValue(sink) {
            Task { try await ServeCommand(data: folder.path("data"), configuration: configuration).run() }
        }
        for _ in 0..<2000 where said.port == nil { try await Task.sleep(for: .milliseconds(5)) }
        let port = try #require(said.port)
        #expect(Self.isListening(port))
        serving.cancel()
        await #expect(throws: CancellationError.self) { try await serving.value }
        #expect(!Self.isListening(port))
    }

    private static func isListening(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// What the server said, and the port in it.
private final class Said: Sendable {
    private let text = Mutex("")

    func add(_ bytes: [UInt8]) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }

    var port: UInt16? {
        text.withLock { text in
            text.firstMatch(of: /serves http:\/\/127\.0\.0\.1:([0-9]+)/).flatMap { UInt16($0.output.1) }
        }
    }
}
