public import HTTPServer

/// The routes of the HTTP API over the use cases; `web/openapi.json` is their contract.
public struct API: Sendable {
    let ports: APIPorts
    let options: APIOptions

    public init(ports: APIPorts, options: APIOptions) {
        self.ports = ports
        self.options = options
    }

    public func register(on router: inout Router) {
        registerHealth(on: &router)
    }
}
