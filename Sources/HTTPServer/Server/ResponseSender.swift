private import CMicrohttpd
private import Glibc
private import Synchronization

/// Hands an answer to libmicrohttpd.
enum ResponseSender {
    private static let eventBlockBytes = 4096

    /// - Returns: False where the connection has to be dropped.
    static func send(_ response: HTTPResponse, _ exchange: Exchange, keepAlive: Duration) -> Bool {
        guard let made = unsafe make(response, exchange, keepAlive: keepAlive) else { return false }
        defer { unsafe MHD_destroy_response(made) }
        for field in response.headers.fields { unsafe MHD_add_response_header(made, field.name, field.value) }
        return unsafe MHD_queue_response(exchange.connection.pointer, UInt32(response.status), made) == .YES
    }

    private static func make(_ response: HTTPResponse, _ exchange: Exchange, keepAlive: Duration) -> OpaquePointer? {
        switch response.body {
        case .bytes(let bytes):
            var bytes = bytes
            return unsafe bytes.withUnsafeMutableBytes {
                unsafe MHD_create_response_from_buffer($0.count, $0.baseAddress, .RESPMEM_MUST_COPY)
            }
        case .file(let file):
            let descriptor = unsafe open(file.path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            guard let made = unsafe MHD_create_response_from_fd64(file.byteCount, descriptor) else {
                close(descriptor)
                return nil
            }
            return unsafe made
        case .events(let events):
            let pipe = EventPipe(connection: exchange.connection)
            exchange.state.withLock { $0.pipe = pipe }
            Task { await pipe.run(events, keepAlive: keepAlive) }
            return unsafe MHD_create_response_from_callback(
                UInt64.max, eventBlockBytes,
                { pipe, _, buffer, count in
                    guard let pipe = unsafe pipe else { return -1 }
                    let room = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: count)
                    switch unsafe Unmanaged<EventPipe>.fromOpaque(pipe).takeUnretainedValue().read(into: room) {
                    case .bytes(let count): return count
                    case .nothingYet: return 0
                    case .end: return -1  // MHD_CONTENT_READER_END_OF_STREAM.
                    }
                },
                Unmanaged.passRetained(pipe).toOpaque(),
                { pipe in
                    if let pipe = unsafe pipe { unsafe Unmanaged<EventPipe>.fromOpaque(pipe).release() }
                })
        }
    }
}
