import Base
import Synchronization

/// What the callbacks of all connections share: how a request becomes an answer, and what is under way.
final class ServerCore: Sendable {
    private struct State {
        var links: [ObjectIdentifier: ConnectionLink] = [:]
        var announced: [ContinuousClock.Instant] = []  // Connections that the daemon has and did not open yet.
        var exchanges: [ObjectIdentifier: Exchange] = [:]
        var handlerCount = 0  // Whose task has not let go of its connection yet.
        var isDraining = false
        var isSealed = false  // Nothing is under way, and nothing will be.
    }

    private static let announcedMax = Duration.seconds(10)  // The daemon has dropped what it did not open by then.

    let options: HTTPServerOptions
    let bodies: BodyMemory
    let requestIDs = RequestIDs()
    private let router: Router
    private let crossOrigin: CrossOrigin
    private let log: Log
    private let metrics: Metrics
    private let clock = ContinuousClock()
    private let state = Mutex(State())

    init(options: HTTPServerOptions, router: Router, log: Log, metrics: Metrics) {
        self.options = options
        self.router = router
        self.log = log
        self.metrics = metrics
        crossOrigin = CrossOrigin(origins: options.corsOrigins)
        bodies = BodyMemory(bytesMax: max(options.bodyBytesHeldMax, 2 * options.bodyBytesMax))
        metrics.onCollect { [weak self] metrics in
            guard let self else { return }
            let counts = state.withLock { ($0.links.count, $0.exchanges.count) }
            metrics.set("quanyu_http_connections", to: Double(counts.0), help: "Open connections.")
            metrics.set("quanyu_http_requests_in_flight", to: Double(counts.1), help: "Requests not yet answered.")
            metrics.set("quanyu_http_body_bytes", to: Double(bodies.byteCount), help: "Bodies of requests in memory.")
        }
    }

    var now: ContinuousClock.Instant { clock.now }
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Keeps a place for a connection that is handed to the daemon.
    ///
    /// - Returns: False where all places are taken.
    func announce() -> Bool {
        state.withLock { state in
            let now = now
            state.announced.removeAll { now - $0 > Self.announcedMax }
            guard state.links.count + state.announced.count < options.connectionCountMax else { return false }
            state.announced.append(now)
            return true
        }
    }

    /// The daemon could not take a connection that was announced.
    func retract() {
        state.withLock { _ = $0.announced.popLast() }
    }

    func opened(_ link: ConnectionLink) {
        state.withLock { state in
            if !state.announced.isEmpty { state.announced.removeFirst() }
            state.links[ObjectIdentifier(link)] = link
        }
    }

    func closed(_ link: ConnectionLink) {
        link.enter(.closed, now: now)
        state.withLock { _ = $0.links.removeValue(forKey: ObjectIdentifier(link)) }
    }

    /// - Returns: False where the server is sealed: the connection has to be dropped.
    func began(_ exchange: Exchange) -> Bool {
        let isTaken = state.withLock { state in
            if !state.isSealed { state.exchanges[ObjectIdentifier(exchange)] = exchange }
            return !state.isSealed
        }
        if isTaken { exchange.link?.enter(.receiving(byteCount: 0), now: now) }
        return isTaken
    }

    func endOverdue() {
        let links = state.withLock { Array($0.links.values) }
        let idleMax = options.idleMax.duration
        for link in links {
            link.endIfOverdue(now: now, idleMax: idleMax, bytesPerSecondMin: options.bodyBytesPerSecondMin)
        }
    }

    /// Ends event streams, and closes each connection after the answer that is under way.
    func drain() {
        let exchanges = state.withLock { state in
            state.isDraining = true
            return Array(state.exchanges.values)
        }
        for exchange in exchanges { exchange.state.withLock { $0.pipe }?.end() }
    }

    /// Once draining, takes no further request as soon as none is under way: a connection that is still open may send
    /// one at any time, and it must not be suspended when the daemon stops.
    ///
    /// - Returns: How many requests are still under way; 0 where the server is sealed now.
    func seal() -> Int {
        state.withLock { state in
            let left = max(state.exchanges.count, state.handlerCount)
            state.isSealed = state.isDraining && left == 0
            return left
        }
    }

    func completed(_ exchange: Exchange, isWhole: Bool) {
        state.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
        exchange.link?.enter(.waiting, now: now)
        let (head, pattern, status, byteCount, pipe) = exchange.state.withLock { state in
            bodies.giveBack(&state)
            return (state.head, state.pattern, state.status, state.bodyByteCount, state.pipe)
        }
        pipe?.end()
        guard let head else { return }
        let milliseconds = (now - exchange.start) / .milliseconds(1)
        if pipe == nil {
            metrics.observe(
                milliseconds / 1000, in: "quanyu_http_request_seconds", help: "From the request line to the last byte.",
                labels: [("method", head.method.rawValue), ("route", pattern)])
        }
        metrics.add(
            to: "quanyu_http_requests_total", help: "Requests by route and status.",
            labels: [("method", head.method.rawValue), ("route", pattern), ("status", String(status))])
        guard log.takes(.info) else { return }
        log.info(
            "request", ("request_id", .string(head.request.id)), ("method", .string(head.method.rawValue)),
            ("route", .string(pattern)), ("status", .int(Int64(status))),
            ("ms", .double((milliseconds * 100).rounded() / 100)), ("bytes_in", .int(Int64(byteCount))),
            ("whole", .bool(isWhole)))
    }
}

extension ServerCore {
    /// Runs the handler of a request whose body has arrived, and gives its connection back.
    func run(_ exchange: Exchange, _ head: Exchange.Head, body: [UInt8]) {
        exchange.link?.enter(.answering, now: now)
        state.withLock { $0.handlerCount += 1 }
        exchange.connection.suspend()
        Task {
            let response = await self.answer(head, body: body, exchange)
            exchange.state.withLock { state in
                self.bodies.giveBack(&state)
                state.step = .answered(response)
            }
            exchange.connection.resume()
            self.state.withLock { $0.handlerCount -= 1 }  // The daemon may go only now.
        }
    }

    private func answer(_ head: Exchange.Head, body: [UInt8], _ exchange: Exchange) async -> HTTPResponse {
        let match = router.match(head.method, head.segments)
        exchange.state.withLock { state in
            state.pattern = match.pattern
            state.crossOrigin = match.crossOrigin
        }
        let preflight = crossOrigin.preflight(
            head.headers, method: head.method, methods: match.methods, match.crossOrigin)
        if let preflight { return preflight }
        do throws(ContentEncodingError) {
            let encoding = head.headers["Content-Encoding"]
            let decoded = try ContentEncoding.decode(body, field: encoding, bytesMax: options.bodyBytesMax)
            if encoding != nil, !exchange.state.withLock({ bodies.take(decoded.count, for: &$0) }) {
                return .noMemoryForBody
            }
            let allowance = BodyAllowance(bytesMax: options.bodyBytesMax) { [bodies] byteCount in
                exchange.state.withLock { bodies.take(byteCount, for: &$0) }
            }
            return await match.handler(head.request.with(parameters: match.parameters, body: decoded, allowance))
        } catch {
            return .refusal(of: error)
        }
    }

    func finish(_ response: inout HTTPResponse, for head: Exchange.Head?, _ policy: CrossOriginPolicy) {
        if let head {
            response.headers["X-Request-Id"] = head.request.id
            crossOrigin.mark(&response, for: head.headers, policy)
        }
        if response.headers["X-Content-Type-Options"] == nil { response.headers["X-Content-Type-Options"] = "nosniff" }
        if isDraining { response.headers["Connection"] = "close" }
    }
}

extension HTTPRequest {
    fileprivate func with(parameters: [String: String], body: [UInt8], _ allowance: BodyAllowance) -> Self {
        Self(
            id: id, method: method, path: path, parameters: parameters, query: query, headers: headers, body: body,
            remoteAddress: remoteAddress, allowance: allowance)
    }
}

extension HTTPResponse {
    static func refusal(of error: ContentEncodingError) -> Self {
        switch error {
        case .unknown(let name):
            .problem(
                415, code: "unsupported_encoding",
                detail: "Content-Encoding \(name) is not read; send \(ContentEncoding.names) or none",
                headers: ["Accept-Encoding": ContentEncoding.names])
        case .tooMany(let countMax):
            .problem(
                415, code: "unsupported_encoding",
                detail: "a body may have at most \(countMax) encodings: send \(ContentEncoding.names) or none",
                headers: ["Accept-Encoding": ContentEncoding.names])
        case .malformed(let name):
            .problem(400, code: "malformed_encoding", detail: "the body is no whole \(name) stream: compress it again")
        case .tooLarge(let bytesMax): .tooLarge(bytesMax: bytesMax)
        }
    }

    static var noMemoryForBody: Self {
        .problem(
            503, code: "overloaded",
            detail: "the bodies of other requests take all the memory for them: send this one again in a moment",
            headers: ["Retry-After": "1"])
    }

    static func tooLarge(bytesMax: Int) -> Self {
        .problem(
            413, code: "body_too_large",
            detail: "a body may have \(bytesMax) bytes, also after decompression: send several smaller ones")
    }
}

extension Milliseconds {
    var duration: Duration { .milliseconds(count) }
}
