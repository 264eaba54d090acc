import Glibc

/// One kept-alive HTTP/1.1 connection to this machine over a plain socket, so that the client costs little beside the
/// server that is measured. Reads answers with `Content-Length`, and chunked ones that are small.
final class HTTPConnection {
    let socketDescriptor: Int32
    private let authorization: String  // The header's line; empty without a token.
    private var received = [UInt8](repeating: 0, count: 1 << 16)
    private var receivedCount = 0  // Of them, not taken yet.

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
        try send(head("POST \(path)", byteCount: body.count) + body)
        return try receive(path)
    }

    func get(_ path: String) throws(BenchError) -> [UInt8] {
        try send(head("GET \(path)", byteCount: 0))
        return try receive(path)
    }

    /// What stands before a body of so many bytes.
    func head(_ what: String, byteCount: Int) -> [UInt8] {
        let text = """
            \(what) HTTP/1.1\r
            Host: localhost\r
            \(authorization)Content-Type: application/json\r
            Content-Length: \(byteCount)\r
            \r\n
            """
        return Array(text.utf8)
    }

    func send(_ bytes: [UInt8]) throws(BenchError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socketDescriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, 0)
            }
            guard count > 0 else { throw .failed("send: errno \(errno)") }
            sent += count
        }
    }

    /// Waits for the answer to what was sent.
    ///
    /// - Returns: Its body; fails where its status is not 200.
    func receive(_ path: String) throws(BenchError) -> [UInt8] {
        let head = try take(to: AnswerHead.end)
        let body: [UInt8]
        if let length = AnswerHead.contentLength(in: head) {
            body = try take(length)
        } else {
            body = try receiveChunks(path)
        }
        guard head.starts(with: AnswerHead.ok) else {
            let line = head.prefix { $0 != 0x0D }
            throw .failed(
                "\(path): \(String(decoding: line, as: UTF8.self)) \(String(decoding: body.prefix(300), as: UTF8.self))"
            )
        }
        return body
    }

    private func receiveChunks(_ path: String) throws(BenchError) -> [UInt8] {
        let lineEnd = Array("\r\n".utf8)
        var body: [UInt8] = []
        while true {
            let line = try take(to: lineEnd)
            guard let length = Int(String(decoding: line.dropLast(lineEnd.count), as: UTF8.self), radix: 16) else {
                throw .failed("\(path): an answer in broken chunks")
            }
            body += try take(length)
            _ = try take(lineEnd.count)
            if length == 0 { return body }
        }
    }

    /// What comes next up to `mark`, and the mark.
    private func take(to mark: [UInt8]) throws(BenchError) -> [UInt8] {
        var start = 0
        while true {
            while start + mark.count <= receivedCount {
                if received[start] == mark[0], received[start..<start + mark.count].elementsEqual(mark) {
                    return try take(start + mark.count)
                }
                start += 1
            }
            try receiveMore()
        }
    }

    private func take(_ count: Int) throws(BenchError) -> [UInt8] {
        while receivedCount < count { try receiveMore() }
        let taken = Array(received[..<count])
        receivedCount -= count
        received.withUnsafeMutableBufferPointer { bytes in
            for index in 0..<receivedCount { bytes[index] = bytes[index + count] }
        }
        return taken
    }

    private func receiveMore() throws(BenchError) {
        if receivedCount == received.count { received += [UInt8](repeating: 0, count: received.count) }
        let count = received.withUnsafeMutableBytes { bytes in
            recv(socketDescriptor, bytes.baseAddress?.advanced(by: receivedCount), bytes.count - receivedCount, 0)
        }
        guard count > 0 else { throw .failed("the server closed the connection") }
        receivedCount += count
    }
}

/// Reads what stands before the body of an answer.
private enum AnswerHead {
    static let end = Array("\r\n\r\n".utf8)
    static let ok = Array("HTTP/1.1 200 ".utf8)
    private static let lengthName = Array("\ncontent-length:".utf8)

    /// Nil where the body comes in chunks.
    static func contentLength(in head: [UInt8]) -> Int? {
        for start in head.indices where head[start] == lengthName[0] {
            let line = head[start...].prefix(lengthName.count)
            guard line.elementsEqual(lengthName, by: { $0 | 0x20 == $1 | 0x20 }) else { continue }
            let digits = head[line.endIndex...].drop { $0 == 0x20 }.prefix { (0x30...0x39).contains($0) }
            return digits.reduce(0) { 10 * $0 + Int($1 - 0x30) }
        }
        return nil
    }
}
