import Base
private import CMicrohttpd
private import Synchronization

/// What libmicrohttpd calls, on the thread of the connection.
enum Callbacks {
    /// A body that is too large is read up to so many times the limit, so that the client gets to see the answer.
    private static let drainFactor = 4

    // MARK: Connections and requests come and go

    static func opened(_ core: ServerCore, _ connection: OpaquePointer) -> UnsafeMutableRawPointer {
        let link = ConnectionLink(
            descriptor: unsafe cmicrohttpd_socket(connection),
            remoteAddress: unsafe cmicrohttpd_peer(connection).map { unsafe SocketAddress.host($0) } ?? "",
            now: core.now)
        core.opened(link)
        return unsafe Unmanaged.passRetained(link).toOpaque()
    }

    static func closed(_ core: ServerCore, _ link: UnsafeMutableRawPointer) {
        core.closed(unsafe Unmanaged<ConnectionLink>.fromOpaque(link).takeRetainedValue())
    }

    /// - Returns: What the other callbacks get; nil where the connection has to be dropped.
    static func began(
        _ core: ServerCore, _ connection: OpaquePointer, target: UnsafePointer<CChar>
    ) -> UnsafeMutableRawPointer? {
        let link = unsafe cmicrohttpd_link(connection).map {
            unsafe Unmanaged<ConnectionLink>.fromOpaque($0).takeUnretainedValue()
        }
        let exchange = unsafe Exchange(
            target: String(cString: target), connection: Connection(connection), link: link, start: core.now)
        guard core.began(exchange) else { return nil }
        return unsafe Unmanaged.passRetained(exchange).toOpaque()
    }

    static func completed(_ core: ServerCore, _ exchange: UnsafeMutableRawPointer, isWhole: Bool) {
        core.completed(unsafe Unmanaged<Exchange>.fromOpaque(exchange).takeRetainedValue(), isWhole: isWhole)
    }

    // MARK: One request

    /// Called with the head, with each piece of the body, with the end of the body, and after each `resume`.
    ///
    /// - Returns: False to drop the connection.
    static func access(
        _ core: ServerCore, _ exchange: Exchange, method: UnsafePointer<CChar>, piece: UnsafePointer<CChar>?,
        byteCount: UnsafeMutablePointer<Int>
    ) -> Bool {
        if exchange.state.withLock({ $0.head == nil }) {
            return unsafe read(head: exchange, core, method: String(cString: method))
        }
        let count = unsafe byteCount.pointee
        if count > 0, let piece = unsafe piece {
            unsafe byteCount.pointee = 0
            let bytes = unsafe UnsafeRawBufferPointer(start: piece, count: count)
            return unsafe take(bytes, of: exchange, core)
        }
        return proceed(exchange, core)
    }

    private static func read(head exchange: Exchange, _ core: ServerCore, method: String) -> Bool {
        let headers = headers(of: exchange.connection)
        let target = RequestTarget(exchange.target)
        let request = HTTPRequest(
            id: (headers["X-Request-Id"].flatMap(RequestID.init) ?? core.requestIDs.next()).text,
            method: HTTPMethod(rawValue: method) ?? .get, path: target?.path ?? "",
            query: target?.query ?? HTTPQuery(), headers: headers, remoteAddress: exchange.link?.remoteAddress ?? "")
        let head = Exchange.Head(
            method: request.method, headers: headers, segments: target?.segments ?? [], request: request)
        let declared = headers["Content-Length"].flatMap { Int($0) } ?? 0
        let refusal = refusal(method: method, target: target, byteCount: declared, core.options)
        exchange.state.withLock { state in
            state.head = head
            if let refusal { state.step = .refused(refusal) }
        }
        if let refusal, declared > core.options.bodyBytesMax * drainFactor {
            return answer(refusal, exchange, core, head)
        }
        return true
    }

    private static func refusal(
        method: String, target: RequestTarget?, byteCount: Int, _ options: HTTPServerOptions
    ) -> HTTPResponse? {
        if HTTPMethod(rawValue: method) == nil {
            let known = HTTPMethod.allCases.map(\.rawValue).joined(separator: ", ")
            return .problem(501, code: "unknown_method", detail: "no method \(method.prefix(40)); known are \(known)")
        }
        if target == nil {
            return .problem(
                400, code: "malformed_target", detail: "the path or the query cannot be read: check its % escapes")
        }
        return byteCount > options.bodyBytesMax ? .tooLarge(bytesMax: options.bodyBytesMax) : nil
    }

    private static func take(_ bytes: UnsafeRawBufferPointer, of exchange: Exchange, _ core: ServerCore) -> Bool {
        exchange.link?.received(byteCount: bytes.count)
        let bytesMax = core.options.bodyBytesMax
        let isTooMuch = exchange.state.withLock { state in
            state.bodyByteCount += bytes.count
            guard case .receiving = state.step else { return state.bodyByteCount > bytesMax * drainFactor }
            let isWithinLimit = state.bodyByteCount <= bytesMax
            if isWithinLimit, core.bodies.take(bytes.count, for: &state) {
                unsafe state.body.append(contentsOf: bytes)
            } else {
                state.body = []
                core.bodies.giveBack(&state)
                state.step = .refused(isWithinLimit ? .noMemoryForBody : .tooLarge(bytesMax: bytesMax))
            }
            return false
        }
        if isTooMuch { exchange.link?.refuse(with: .tooLarge(bytesMax: bytesMax)) }
        return !isTooMuch
    }

    private static func proceed(_ exchange: Exchange, _ core: ServerCore) -> Bool {
        enum Next { case run(Exchange.Head, [UInt8]), answer(HTTPResponse), wait }
        let (next, head) = exchange.state.withLock { state -> (Next, Exchange.Head?) in
            switch state.step {
            case .receiving:
                guard let head = state.head else { return (.wait, nil) }
                let body = state.body
                state.body = []
                state.step = .running
                return (.run(head, body), head)
            case .refused(let response), .answered(let response):
                return (.answer(response), state.head)
            case .running, .sending: return (.wait, state.head)
            }
        }
        switch next {
        case .run(let head, let body):
            core.run(exchange, head, body: body)
            return true
        case .answer(let response): return answer(response, exchange, core, head)
        case .wait: return true
        }
    }

    private static func answer(
        _ response: HTTPResponse, _ exchange: Exchange, _ core: ServerCore, _ head: Exchange.Head?
    ) -> Bool {
        var response = response
        core.finish(&response, for: head, exchange.state.withLock { $0.crossOrigin })
        exchange.link?.enter(.answering, now: core.now)
        exchange.state.withLock { state in
            state.step = .sending
            state.status = response.status
        }
        let isSent = ResponseSender.send(response, exchange, keepAlive: core.options.keepAlive.duration)
        if core.isDraining { exchange.state.withLock { $0.pipe }?.end() }  // It may have come after the others ended.
        return isSent
    }

    private static func headers(of connection: Connection) -> HTTPHeaders {
        var headers = HTTPHeaders()
        unsafe withUnsafeMutablePointer(to: &headers) { headers in
            _ = unsafe MHD_get_connection_values(
                connection.pointer, .HEADER_KIND,
                { headers, _, name, value in
                    guard let name = unsafe name else { return .YES }
                    let value = unsafe value.map { unsafe String(cString: $0) } ?? ""
                    unsafe headers?.assumingMemoryBound(to: HTTPHeaders.self).pointee.add(
                        unsafe String(cString: name), value)
                    return .YES
                }, headers)
        }
        return headers
    }
}
