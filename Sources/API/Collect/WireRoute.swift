import Base
import Collect
import Domain
import HTTPServer

/// One route of a wire format: what it reads, and what its clients expect to hear.
struct WireRoute: Sendable {
    let methods: [HTTPMethod]
    let pattern: String
    let format: WireFormat
    /// Nil reads any type.
    var mediaTypes: [String]?
    /// The parameter of the query that may carry the key, also where the rest cannot be read.
    var keyParameter: String?
    let read: @Sendable (WireRequest) throws(CollectError) -> WireEnvelope
    /// Reads a request in place of `read` once its source is known, where the proof of the sender depends on it; `read`
    /// then only finds the key.
    var readSigned: (@Sendable (WireRequest, SourceName) async throws(CollectError) -> WireEnvelope)?
    /// The answer where the events of the request were taken or set aside; the receipt's header is added to it.
    var taken: @Sendable (HTTPRequest, ReceiptsAnswer) -> HTTPResponse
    /// The answer where the request as a whole was refused, also by the doorkeeper; problem details by default.
    var refused: @Sendable (HTTPRequest, HTTPResponse) -> HTTPResponse = { _, refusal in refusal }
    /// An answer to a request that is none for events, such as a client's probe; nil for all others.
    var aside: @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil }
    /// Whether the sender only asks what would become of its events.
    var isTrial: @Sendable (HTTPRequest) -> Bool = { _ in false }
}

extension API {
    /// Pages of any web origin may use the route: browsers' clients send from the shop's own pages, with a key that
    /// opens nothing but this.
    func register(_ route: WireRoute, on router: inout Router) {
        for method in route.methods {
            router.on(method, route.pattern, crossOrigin: .anyOrigin) { request in await collect(request, route) }
        }
    }

    private func collect(_ request: HTTPRequest, _ route: WireRoute) async -> HTTPResponse {
        if let answer = route.aside(request) { return answer }
        let envelope = read(request, route)
        let key = (try? envelope.get().key) ?? route.keyParameter.flatMap { request.query[$0] }
        switch await verdict(on: request, key: key, .send) {
        case .refused(let refusal): return route.refused(request, refusal)
        case .admitted(let identity):
            do throws(Problem) {
                guard let signed = try await readSigned(request, identity.source, route) else {
                    return try await take(try envelope.get(), of: request, identity.source, route)
                }
                return try await take(signed, of: request, identity.source, route)
            } catch {
                return route.refused(request, error.response)
            }
        }
    }

    /// By the request's header, or else by the key that its body or query carries. A browser's session counts only for
    /// methods that its doorkeeper asks further proof for: a link must not send events in someone's name.
    func verdict(on request: HTTPRequest, key: String?, _ permission: Permission) async -> Access.Verdict {
        guard request.headers["Authorization"] == nil, key != nil || request.method.isSafe else {
            return await ports.access.check(request, permission)
        }
        return await ports.access.checkKey(key ?? "", permission)
    }

    private func read(_ request: HTTPRequest, _ route: WireRoute) -> Result<WireEnvelope, Problem> {
        if let allowed = route.mediaTypes, let got = request.mediaType, !allowed.contains(got) {
            return .failure(.unsupportedType(got, allowed: [allowed[0]]))
        }
        do throws(CollectError) { return .success(try route.read(WireRequest(request))) } catch {
            return .failure(Problem(error))
        }
    }

    private func readSigned(
        _ request: HTTPRequest, _ source: SourceName, _ route: WireRoute
    ) async throws(Problem) -> WireEnvelope? {
        guard let read = route.readSigned else { return nil }
        do throws(CollectError) { return try await read(WireRequest(request), source) } catch { throw Problem(error) }
    }

    private func take(
        _ envelope: WireEnvelope, of request: HTTPRequest, _ source: SourceName, _ route: WireRoute
    ) async throws(Problem) -> HTTPResponse {
        do throws(CollectError) {
            if route.isTrial(request) {
                let receipts = try ports.collect.trial(envelope.items, source: source)
                return route.taken(request, ReceiptsAnswer(receipts))
            }
            let collected = try await ports.collect(
                envelope.items, format: route.format, source: source, byteCount: request.body.count)
            let answer = collected.answer
            var response = route.taken(request, answer)
            for field in collected.headers(answer).fields { response.headers[field.name] = field.value }
            return response
        } catch {
            throw Problem(error)
        }
    }
}

extension WireRequest {
    init(_ request: HTTPRequest) {
        self.init()
        kind = request.parameters["kind"] ?? request.path.split(separator: "/").last.map(String.init) ?? ""
        query = request.query.fields.map { ($0.name, $0.value) }
        headers = request.headers.fields.map { ($0.name, $0.value) }
        mediaType = request.mediaType
        body = request.body
        remoteAddress = request.remoteAddress
        bodyBytesMax = request.allowance.bytesMax
        takeMemory = request.allowance.take
    }
}
