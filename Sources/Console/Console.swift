public import Base
import Domain
public import HTTPServer

/// The console: its pages, who may come in, and who may let others in.
public struct Console: Sendable {
    /// Asks who a request comes from; every route but health, sign-in and the console's own files passes by it.
    public let guardian: Guard

    let ports: ConsolePorts
    let options: ConsoleOptions
    let metrics: Metrics
    let throttle = SignInThrottle()
    private let log: Log

    public init(ports: ConsolePorts, options: ConsoleOptions, metrics: Metrics, log: Log) {
        self.ports = ports
        self.options = options
        self.metrics = metrics
        self.log = log
        guardian = Guard(ports: ports, log: log)
    }

    /// Adds the pages, `/assets/…`, `/vendor/echarts.min.js`, and setup, session, users and tokens below `/api/v1`.
    public func register(on router: inout Router) {
        Pages(options: options).register(on: &router)
        registerSetup(on: &router)
        registerSession(on: &router)
        registerPassword(on: &router)
        registerUsers(on: &router)
        registerTokens(on: &router)
    }
}

extension Console {
    typealias Handler = @Sendable (HTTPRequest) async throws(Refusal) -> HTTPResponse
    typealias AdministratorsHandler = @Sendable (HTTPRequest, Identity) async throws(Refusal) -> HTTPResponse

    /// Nothing that these routes answer may stay in a cache.
    func route(_ method: HTTPMethod, _ pattern: String, on router: inout Router, to handler: @escaping Handler) {
        router.on(method, pattern) { request in
            var response: HTTPResponse
            do throws(Refusal) { response = try await handler(request) } catch { response = error.response }
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Content-Type-Options"] = "nosniff"
            return response
        }
    }

    func routeAdministrators(
        _ method: HTTPMethod, _ pattern: String, on router: inout Router, to handler: @escaping AdministratorsHandler
    ) {
        route(method, pattern, on: &router) { request throws(Refusal) in
            switch await guardian.admit(request, for: .administer) {
            case .refused(let response): throw Refusal(response)
            case .admitted(let identity): return try await handler(request, identity)
            }
        }
    }

    /// Runs `body`; what it refuses becomes HTTP.
    func ask<Value>(_ body: () async throws(AccessError) -> Value) async throws(Refusal) -> Value {
        do throws(AccessError) { return try await body() } catch { throw Refusal(error.response(log)) }
    }

    /// Whom a request comes from. The last element of the header is what the proxy saw; those before it are what
    /// the caller said, true or not.
    func address(_ request: HTTPRequest) -> String {
        guard options.trustForwardedFor,
            let last = request.headers.values(of: "X-Forwarded-For").last?.split(separator: ",").last
        else { return request.remoteAddress }
        let address = last.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        return address.isEmpty || address.utf8.count > Self.addressBytesMax ? request.remoteAddress : String(address)
    }

    private static let addressBytesMax = 64  // An IPv6 address with its zone and port.

    /// What was done stays done where this cannot be written; then the log says so.
    func audit(_ action: AuditAction, by actor: String, of target: String, _ detail: [(String, JSON)] = []) async {
        let members = detail.map { JSONObject.Member(name: $0.0, value: $0.1) }
        do {
            try await ports.audit(
                AuditEntry(actor: actor, action: action, target: target, detail: JSONObject(members)))
        } catch {
            log.error("audit entry lost", ("action", .string(action.rawValue)), ("error", .string("\(error)")))
        }
    }
}
