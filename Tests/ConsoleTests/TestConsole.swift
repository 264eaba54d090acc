import Base
import Console
import Domain
import HTTPServer
import Store
import TestSupport

/// The console of one test over a real store in memory, asked as a browser or a program would.
struct TestConsole {
    static let password = "correct horse battery"

    let clock = ManualClock()
    let metrics = Metrics()
    let folder: TemporaryDirectory
    let store: ControlStore
    let console: Console
    let router: Router

    init(options change: (inout ConsoleOptions) -> Void = { _ in }) throws {
        folder = try TemporaryDirectory()
        var storeOptions = ControlStoreOptions(now: { [clock] in clock.now })
        storeOptions.passwordCost = .least
        store = try ControlStore(path: ":memory:", options: storeOptions)
        var options = ConsoleOptions(
            webFolder: nil, vendorFolder: nil, trustForwardedProto: false, trustForwardedFor: false,
            version: "1.2.3", currency: "CNY")
        change(&options)
        console = Console(
            ports: Self.ports(store, clock), options: options, metrics: metrics, log: Log.silent)
        var router = Router()
        console.register(on: &router)
        self.router = router
    }

    private static func ports(_ store: ControlStore, _ clock: ManualClock) -> ConsolePorts {
        ConsolePorts(
            tokens: ConsolePorts.Tokens(
                find: store.tokens.find(text:), list: store.tokens.list, create: store.tokens.create(kind:name:),
                revoke: store.tokens.revoke(id:)),
            sessions: ConsolePorts.Sessions(
                begin: store.sessions.begin(user:), find: store.sessions.find(id:crossSiteToken:),
                end: store.sessions.end(id:)),
            users: ConsolePorts.Users(
                list: store.users.list, add: store.users.add(name:password:role:), remove: store.users.remove(name:),
                find: store.users.find(name:password:),
                changePassword: store.users.changePassword(name:current:password:keeping:),
                isSetupNeeded: store.users.isSetupNeeded,
                setUp: store.users.setUp(link:name:password:)),
            audit: { entry in try await store.audit.append(entry, at: clock.now) }, now: { clock.now })
    }

    /// Adds a user with `password`.
    @discardableResult
    func user(_ name: String, _ role: Role) async throws -> User {
        try await store.users.add(name: UserName(validated: name), password: Self.password, role: role)
    }

    func token(_ kind: TokenKind, _ name: String = "shop") async throws -> String {
        try await store.tokens.create(kind: kind, name: SourceName(validated: name)).text
    }

    /// The audit log, oldest first, as `actor action target`.
    func audited() async throws -> [String] {
        try await store.audit.page(before: nil, countMax: 100).reversed()
            .map { "\($0.entry.actor) \($0.entry.action.rawValue) \($0.entry.target)" }
    }
}

/// Somebody who asks: keeps cookies, or sends a token, and the header against forgery.
struct Visitor {
    let console: TestConsole
    var address = "203.0.113.7"
    var headers: HTTPHeaders = [:]
    private(set) var cookies: [String: String] = [:]
    var sendsCrossSiteToken = true

    init(_ console: TestConsole, bearer: String? = nil) {
        self.console = console
        if let bearer { headers["Authorization"] = "Bearer \(bearer)" }
    }

    mutating func ask(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async -> Answer {
        var headers = headers
        if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
        if !cookies.isEmpty { headers["Cookie"] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        if sendsCrossSiteToken, let token = cookies["quanyu_csrf"] { headers["X-Quanyu-CSRF"] = token }
        let request = HTTPRequest(
            method: method, path: path, headers: headers, body: body?.bytes ?? [], remoteAddress: address)
        let answer = Answer(response: await console.router.answer(request))
        for cookie in answer.cookies { cookies[cookie.name] = cookie.value.isEmpty ? nil : cookie.value }
        return answer
    }

    mutating func signIn(_ name: String, _ password: String = TestConsole.password) async -> Answer {
        await ask(.post, "/api/v1/session", ["name": .string(name), "password": .string(password)])
    }
}

struct Answer {
    struct Cookie: Equatable {
        let name: String
        let value: String
        let attributes: Set<String>
    }

    let response: HTTPResponse

    var status: Int { response.status }
    var code: String? { json["code"]?.stringValue }
    var detail: String { json["detail"]?.stringValue ?? "" }

    var text: String {
        guard case .bytes(let bytes) = response.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    var json: JSON { (try? JSON.parse(text)) ?? .null }

    var cookies: [Cookie] {
        response.headers.values(of: "Set-Cookie").compactMap { line in
            let parts = line.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let pair = parts.first?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false),
                pair.count == 2
            else { return nil }
            return Cookie(
                name: String(pair[0]), value: String(pair[1]), attributes: Set(parts.dropFirst().map(String.init)))
        }
    }
}
