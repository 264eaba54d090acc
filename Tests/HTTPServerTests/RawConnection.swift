import Foundation
import Synchronization

/// A client's side of one TCP connection, without any manners.
final class RawConnection: Sendable {
    struct Refused: Error {}

    private static let timeoutSeconds = 300  // Other tests may have the pool for that long.

    private let descriptor: Int32
    private let ending = Mutex(false)

    /// Whether the peer ended the connection.
    var isEnded: Bool { ending.withLock { $0 } }

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: Self.timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Refused() }  // `deinit` runs all the same, and closes.
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(bytes: Array(text.utf8)) }

    func send(bytes: [UInt8]) {
        _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Sends a request and blocks for its answer; false where the connection ended before it was whole.
    func exchange(_ request: String, until end: String) -> Bool {
        send(request)
        return receive(until: [end]).contains(end)
    }

    /// What arrives until all of `parts` are in it, the peer ends, or nothing came for some seconds.
    ///
    /// Waits on a thread of its own: the pool's are those on which the server's handlers run.
    func read(until parts: [String]) async -> String {
        await withCheckedContinuation { answer in
            Thread { answer.resume(returning: self.receive(until: parts)) }.start()
        }
    }

    private func receive(until parts: [String]) -> String {
        var got: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let text = String(decoding: got, as: UTF8.self)
            if parts.allSatisfy(text.contains) { return text }
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else {
                ending.withLock { $0 = count == 0 }
                return text
            }
            got += piece.prefix(count)
        }
    }
}
