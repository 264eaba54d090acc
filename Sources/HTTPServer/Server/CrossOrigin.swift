/// Which web origins may use a route.
public enum CrossOriginPolicy: Sendable {
    case configured  // Those of `HTTPServerOptions.corsOrigins`.
    case anyOrigin
}

/// Which web pages of other origins may read answers (WHATWG Fetch, 3.2). Cookies are never allowed across origins:
/// such pages send a token.
struct CrossOrigin: Sendable {
    private static let maxAgeSeconds = 600

    private let isOpen: Bool
    private let origins: Set<String>

    init(origins: [String]) {
        self.origins = Set(origins)
        isOpen = self.origins.contains("*")
    }

    private func allows(_ origin: String, _ policy: CrossOriginPolicy) -> Bool {
        isOpen || policy == .anyOrigin || origins.contains(origin)
    }

    /// The answer to a preflight; nil where the request is none.
    func preflight(
        _ headers: HTTPHeaders, method: HTTPMethod, methods: [HTTPMethod], _ policy: CrossOriginPolicy
    ) -> HTTPResponse? {
        guard method == .options, let origin = headers["Origin"], headers["Access-Control-Request-Method"] != nil,
            allows(origin, policy)
        else { return nil }
        let asked = headers["Access-Control-Request-Headers"]
        var response = HTTPResponse.noContent()
        response.headers["Access-Control-Allow-Methods"] = methods.map(\.rawValue).joined(separator: ", ")
        response.headers["Access-Control-Allow-Headers"] =
            policy == .anyOrigin && asked != nil
            ? asked : "Authorization, Content-Type, Content-Encoding, X-Request-Id"
        response.headers["Access-Control-Max-Age"] = String(Self.maxAgeSeconds)
        return response
    }

    /// Marks an answer as readable by the origin that asked.
    func mark(_ response: inout HTTPResponse, for headers: HTTPHeaders, _ policy: CrossOriginPolicy) {
        guard !origins.isEmpty || policy == .anyOrigin else { return }
        response.headers.add("Vary", "Origin")
        guard let origin = headers["Origin"], allows(origin, policy) else { return }
        response.headers["Access-Control-Allow-Origin"] = isOpen ? "*" : origin
        response.headers["Access-Control-Expose-Headers"] = "X-Request-Id, X-Quanyu-Receipt, Retry-After"
    }
}
