/// Answers a request; it must not block its thread.
public typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse

/// Which handler answers which method and path.
///
/// A pattern is a path whose `{name}` segments match anything but an empty segment: `/api/v1/people/{id}`. Where both
/// match, a fixed segment wins over a named one, and both win over a mounted folder. HEAD is answered by GET's handler.
public struct Router: Sendable {
    private final class Node: Sendable {
        let fixed: [String: Node]
        let named: Node?
        let endpoint: Endpoint?

        init(fixed: [String: Node], named: Node?, endpoint: Endpoint?) {
            self.fixed = fixed
            self.named = named
            self.endpoint = endpoint
        }
    }

    private struct Endpoint: Sendable {
        let pattern: String
        private(set) var handlers: [HTTPMethod: Handling] = [:]
        private(set) var methods: [HTTPMethod] = []  // In the order of their names; HEAD comes with GET.

        init(pattern: String) { self.pattern = pattern }

        mutating func add(_ handling: Handling, _ method: HTTPMethod) {
            handlers[method] = handling
            methods = handlers.keys.sorted { $0.rawValue < $1.rawValue }
            if handlers[.get] != nil, handlers[.head] == nil { methods.append(.head) }
        }
    }

    private struct Handling: Sendable {
        let names: [String]
        let crossOrigin: CrossOriginPolicy
        let handler: HTTPHandler
    }

    private struct Mount: Sendable {
        let prefix: [String]
        let directory: String
        let headers: HTTPHeaders
    }

    /// What a request leads to: the pattern names it in logs and metrics, since paths have no bound.
    struct Match: Sendable {
        let pattern: String
        let parameters: [String: String]
        let handler: HTTPHandler
        let methods: [HTTPMethod]  // All that this path knows, for OPTIONS.
        var crossOrigin = CrossOriginPolicy.configured
    }

    private var root = Node(fixed: [:], named: nil, endpoint: nil)
    private var mounts: [Mount] = []

    public init() {}

    /// - Precondition: The pattern begins with `/`, and this method has no handler for it yet.
    public mutating func on(
        _ method: HTTPMethod, _ pattern: String, crossOrigin: CrossOriginPolicy = .configured,
        _ handler: @escaping HTTPHandler
    ) {
        precondition(pattern.hasPrefix("/"), "a pattern begins with a slash")
        let parts = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let names = parts.compactMap(Self.name)
        let handling = Handling(names: names, crossOrigin: crossOrigin, handler: handler)
        root = Self.adding(handling, method, pattern, at: parts[...], to: root)
    }

    /// Answers GET of what lies below `prefix` with the files of a folder; nothing outside the folder is ever read.
    public mutating func mount(_ prefix: String, directory: String, headers: HTTPHeaders = [:]) {
        let parts = prefix.split(separator: "/").map(String.init)
        mounts.append(Mount(prefix: parts, directory: directory, headers: headers))
    }

    private static func name(_ part: String) -> String? {
        part.hasPrefix("{") && part.hasSuffix("}") ? String(part.dropFirst().dropLast()) : nil
    }

    private static func adding(
        _ handling: Handling, _ method: HTTPMethod, _ pattern: String, at parts: ArraySlice<String>, to node: Node?
    ) -> Node {
        var fixed = node?.fixed ?? [:]
        var named = node?.named
        var endpoint = node?.endpoint
        if let part = parts.first {
            if name(part) != nil {
                named = adding(handling, method, pattern, at: parts.dropFirst(), to: named)
            } else {
                fixed[part] = adding(handling, method, pattern, at: parts.dropFirst(), to: fixed[part])
            }
        } else {
            var here = endpoint ?? Endpoint(pattern: pattern)
            precondition(here.handlers[method] == nil, "\(method.rawValue) \(pattern) has two handlers")
            here.add(handling, method)
            endpoint = here
        }
        return Node(fixed: fixed, named: named, endpoint: endpoint)
    }
}

extension Router {
    /// Always something: a path that nobody knows leads to 404, a method that its path does not know to 405.
    func match(_ method: HTTPMethod, _ segments: [String]) -> Match {
        var values: [String] = []
        if let endpoint = Self.find(segments[...], in: root, &values) {
            return match(method, endpoint, values)
        }
        if let mount = mounts.first(where: { segments.starts(with: $0.prefix) && segments.count > $0.prefix.count }) {
            return match(method, mount, segments)
        }
        return Match(
            pattern: "(unknown)", parameters: [:],
            handler: { request in
                .problem(404, code: "not_found", detail: "there is nothing at \(request.path.prefix(200))")
            }, methods: [])
    }

    private static func find(_ segments: ArraySlice<String>, in node: Node, _ values: inout [String]) -> Endpoint? {
        guard let segment = segments.first else { return node.endpoint }
        if let next = node.fixed[segment], let found = find(segments.dropFirst(), in: next, &values) { return found }
        guard let next = node.named, !segment.isEmpty else { return nil }
        values.append(segment)
        if let found = find(segments.dropFirst(), in: next, &values) { return found }
        values.removeLast()
        return nil
    }

    private func match(_ method: HTTPMethod, _ endpoint: Endpoint, _ values: [String]) -> Match {
        let methods = endpoint.methods
        let handling = endpoint.handlers[method] ?? (method == .head ? endpoint.handlers[.get] : nil)
        guard let handling else {
            var refusal = Self.refusal(method, pattern: endpoint.pattern, methods: methods)
            refusal.crossOrigin = endpoint.handlers.values.first?.crossOrigin ?? .configured
            return refusal
        }
        return Match(
            pattern: endpoint.pattern,
            parameters: Dictionary(zip(handling.names, values), uniquingKeysWith: { first, _ in first }),
            handler: handling.handler, methods: methods, crossOrigin: handling.crossOrigin)
    }

    private func match(_ method: HTTPMethod, _ mount: Mount, _ segments: [String]) -> Match {
        let pattern = "/" + mount.prefix.joined(separator: "/") + "/{file}"
        guard method == .get || method == .head else {
            return Self.refusal(method, pattern: pattern, methods: [.get, .head])
        }
        let rest = segments.dropFirst(mount.prefix.count)
        let isSafe = rest.allSatisfy { !$0.isEmpty && !$0.contains("/") && !$0.hasPrefix(".") }
        let path = isSafe ? mount.directory + "/" + rest.joined(separator: "/") : nil
        return Match(
            pattern: pattern, parameters: [:],
            handler: { request in
                guard let file = path.flatMap(StaticFile.init(path:)) else {
                    return .problem(404, code: "not_found", detail: "there is no file \(request.path.prefix(200))")
                }
                return .file(file, for: request, headers: mount.headers)
            }, methods: [.get, .head])
    }

    private static func refusal(_ method: HTTPMethod, pattern: String, methods: [HTTPMethod]) -> Match {
        let allowed = (methods + [.options]).map(\.rawValue).joined(separator: ", ")
        return Match(
            pattern: pattern, parameters: [:],
            handler: { _ in
                method == .options
                    ? .noContent(headers: ["Allow": allowed])
                    : .problem(
                        405, code: "method_not_allowed",
                        detail: "\(pattern) does not answer \(method.rawValue), only \(allowed)",
                        headers: ["Allow": allowed])
            }, methods: methods)
    }
}

extension Router {
    /// The answer to a request that did not come over a connection, such as a test's.
    public func answer(_ request: HTTPRequest) async -> HTTPResponse {
        guard let target = RequestTarget(request.path) else {
            return .problem(400, code: "malformed_target", detail: "the path cannot be read: check its % escapes")
        }
        let match = match(request.method, target.segments)
        var request = request
        request.parameters = match.parameters
        return await match.handler(request)
    }
}
