import Foundation
import Glibc

/// One kept-alive HTTP/1.1 connection to this machine over a plain socket, so that the client costs little beside the
/// server that is measured. Reads answers with `Content-Length`, and chunked ones that are small.
final class HTTPConnection {
    private let socketDescriptor: Int32
    private let authorization: String  // The header's line; empty without a token.
    private var received: [UInt8] = []

    init(port: UInt16, token: String?) throws(BenchError) {
        authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        socketDescriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socketDescriptor >= 0 else { throw .failed("socket: errno \(errno)") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socketDescriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var flag: Int32 = 1
        _ = setsockopt(socketDescriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &flag, socklen_t(MemoryLayout<Int32>.size))
        guard code == 0 else { throw .failed("connect: errno \(errno)") }
    }

    deinit { close(socketDescriptor) }

    /// - Returns: The body of an answer with status 200.
    @discardableResult
    func post(_ path: String, _ body: [UInt8]) throws(BenchError) -> [UInt8] {
        try exchange("POST \(path)", body)
    }

    func get(_ path: String) throws(BenchError) -> [UInt8] { try exchange("GET \(path)", []) }

    private func exchange(_ what: String, _ body: [UInt8]) throws(BenchError) -> [UInt8] {
        let head = """
            \(what) HTTP/1.1\r
            Host: localhost\r
            \(authorization)Content-Type: application/json\r
            Content-Length: \(body.count)\r
            \r\n
            """
        try send(Array(head.utf8) + body)
        return try receive(what)
    }

    private func send(_ bytes: [UInt8]) throws(BenchError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socketDescriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, 0)
            }
            guard count > 0 else { throw .failed("send: errno \(errno)") }
            sent += count
        }
    }

    private func receive(_ what: String) throws(BenchError) -> [UInt8] {
        let blank = Array("\r\n\r\n".utf8)
        while true {
            if let end = received.firstRange(of: blank) {
                let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
                let lines = head.split(separator: "\r\n")
                let prefix = "content-length:"
                let length = lines.first { $0.hasPrefix(prefix) }.flatMap {
                    Int($0.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces))
                }
                let body: [UInt8]
                if let length {
                    while received.count < end.upperBound + length { try receiveMore() }
                    body = Array(received[end.upperBound..<end.upperBound + length])
                    received.removeFirst(end.upperBound + length)
                } else {
                    received.removeFirst(end.upperBound)
                    body = try receiveChunks(what)
                }
                guard head.hasPrefix("http/1.1 200") else {
                    throw .failed("\(what): \(lines.first ?? "") \(String(decoding: body.prefix(300), as: UTF8.self))")
                }
                return body
            }
            try receiveMore()
        }
    }

    private func receiveChunks(_ what: String) throws(BenchError) -> [UInt8] {
        let lineEnd = Array("\r\n".utf8)
        var body: [UInt8] = []
        while true {
            guard let end = received.firstRange(of: lineEnd) else {
                try receiveMore()
                continue
            }
            guard let length = Int(String(decoding: received[..<end.lowerBound], as: UTF8.self), radix: 16) else {
                throw .failed("\(what): an answer in broken chunks")
            }
            let chunk = end.upperBound..<end.upperBound + length
            while received.count < chunk.upperBound + lineEnd.count { try receiveMore() }
            body += received[chunk]
            received.removeFirst(chunk.upperBound + lineEnd.count)
            if length == 0 { return body }
        }
    }

    private func receiveMore() throws(BenchError) {
        let capacity = 1 << 16
        var count = 0
        let piece = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initializedCount in
            count = recv(socketDescriptor, buffer.baseAddress, capacity, 0)
            initializedCount = max(0, count)
        }
        guard count > 0 else { throw .failed("the server closed the connection") }
        received += piece
    }
}
