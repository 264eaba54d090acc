import CMicrohttpd
import Foundation
import Glibc

/// Takes connections from the listening socket, on a thread of its own, and hands them to the daemon.
///
/// The daemon could listen itself, but libmicrohttpd 0.9.75 may end the process when it is told to stop listening: two
/// of its threads then take the socket out of the same epoll set, and the second one fails.
@safe
final class Acceptor: Sendable {
    typealias Accept = @Sendable (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32

    private static let batchCountMax = 64  // Connections between two looks at whether to stop.
    private static let pauseSeconds = 0.01  // Where it would fail again at once.

    private let socket: ListenSocket
    private let core: ServerCore
    private let daemon: UInt  // The pointer's bits.
    private let wake: (read: Int32, write: Int32)
    private let acceptCall: Accept
    private let done = DispatchSemaphore(value: 0)

    /// Begins to accept.
    ///
    /// - Parameters:
    ///   - socket: Closed by `stop`.
    ///   - acceptCall: The system's; another one in tests.
    init(
        socket: ListenSocket, core: ServerCore, daemon: UInt,
        acceptCall: @escaping Accept = { unsafe Glibc.accept($0, $1, $2) }
    ) throws(HTTPServerError) {
        self.socket = socket
        self.core = core
        self.daemon = daemon
        unsafe self.acceptCall = acceptCall
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .cannotStart }
        wake = (ends[0], ends[1])
        Thread { [self] in
            accept()
            done.signal()
        }.start()
    }

    /// Closes the socket. No connection is handed over once this has returned.
    func stop() {
        close(wake.write)
        done.wait()
        close(wake.read)
        close(socket.descriptor)
    }

    private func accept() {
        var polled = [socket.descriptor, wake.read].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            guard unsafe poll(&polled, nfds_t(polled.count), -1) > 0 else {
                if errno != EINTR { Thread.sleep(forTimeInterval: Self.pauseSeconds) }
                continue
            }
            if polled[1].revents != 0 { return }
            for _ in 0..<Self.batchCountMax {
                guard takeOne() else { break }
            }
        }
    }

    /// - Returns: False where no connection waits.
    private func takeOne() -> Bool {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let descriptor = unsafe acceptCall(socket.descriptor, address, &length)
                guard descriptor >= 0 else { return isWorthAnotherTry(errno) }
                guard core.announce() else {
                    refuse(descriptor)
                    return true
                }
                // Closes the descriptor where it cannot take it.
                let answer = unsafe MHD_add_connection(OpaquePointer(bitPattern: daemon), descriptor, address, length)
                if answer != .YES { core.retract() }
                return true
            }
        }
    }

    /// The call was interrupted, or the failure is that of a connection that ended before it was taken (accept(2)). All
    /// else, such as no descriptor or memory left, would come again at once: a pause comes first.
    private func isWorthAnotherTry(_ code: Int32) -> Bool {
        switch code {
        case EAGAIN: return false
        case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
            ENETUNREACH:
            return true
        default:
            Thread.sleep(forTimeInterval: Self.pauseSeconds)
            return false
        }
    }

    /// Says why as far as a client that has not been read can be told, and ends the connection.
    private func refuse(_ descriptor: Int32) {
        let bytes = HTTPResponse.tooManyConnections.closingBytes
        _ = unsafe bytes.withUnsafeBytes { unsafe cmicrohttpd_send_now(descriptor, $0.baseAddress, $0.count) }
        shutdown(descriptor, Int32(SHUT_WR))
        close(descriptor)
    }
}

extension HTTPResponse {
    static var tooManyConnections: Self {
        .problem(
            503, code: "too_many_connections",
            detail: "no more connections are taken now: close those that are idle, and connect again in a moment",
            headers: ["Retry-After": "1"])
    }

    /// The whole answer as it stands on the wire, after which the connection ends; empty where the body is no bytes.
    var closingBytes: [UInt8] {
        guard case .bytes(let content) = body else { return [] }
        var head = "HTTP/1.1 \(status) \(ReasonPhrase.text(of: status))\r\n"
        for field in headers.fields { head += "\(field.name): \(field.value)\r\n" }
        head += "Connection: close\r\nContent-Length: \(content.count)\r\n\r\n"
        return Array(head.utf8) + content
    }
}
