import CMicrohttpd
import Glibc

/// A socket that listens; whoever gets its descriptor closes it.
struct ListenSocket {
    private static let backlog: Int32 = 1024

    let descriptor: Int32
    let port: UInt16

    init(host: String, port: UInt16) throws(HTTPServerError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0, let address = unsafe found else {
            throw .notAnAddress(host: host)
        }
        defer { unsafe freeaddrinfo(address) }
        let descriptor = unsafe socket(
            address.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure(host, port) }
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            listen(descriptor, Self.backlog) == 0, let bound = Self.port(of: descriptor)
        else {
            let failure = Self.failure(host, port)
            close(descriptor)
            throw failure
        }
        self.descriptor = descriptor
        self.port = bound
    }

    private static func failure(_ host: String, _ port: UInt16) -> HTTPServerError {
        let reason =
            switch errno {
            case EADDRINUSE: "another program uses this port; choose another one"
            case EACCES: "this user may not use this port; choose one above 1023"
            default: unsafe String(cString: strerror(errno))
            }
        return .cannotListen(host: host, port: port, reason: reason)
    }

    private static func port(of descriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe getsockname(descriptor, address, &length) == 0 else { return nil }
                return unsafe SocketAddress.port(address)
            }
        }
    }
}

/// Reads what the system says of an address.
enum SocketAddress {
    static func port(_ address: UnsafePointer<sockaddr>) -> UInt16? {
        switch unsafe Int32(address.pointee.sa_family) {
        case AF_INET:
            unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { unsafe $0.pointee.sin_port.bigEndian }
        case AF_INET6:
            unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                unsafe $0.pointee.sin6_port.bigEndian
            }
        default: nil
        }
    }

    /// The address in digits, without the port.
    static func host(_ address: UnsafePointer<sockaddr>) -> String {
        let length =
            unsafe Int32(address.pointee.sa_family) == AF_INET6
            ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = unsafe getnameinfo(
            address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard status == 0 else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
