public import Base
public import HTTPServer

/// The console: its pages, who may come in, and who may let others in.
public struct Console: Sendable {
    /// Asks who a request comes from; every route but health, sign-in and the console's own files passes by it.
    public let guardian: Guard

    let ports: ConsolePorts
    private let options: ConsoleOptions
    let metrics: Metrics
    let log: Log

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
    }
}

/// What the console is told of its installation.
public struct ConsoleOptions: Sendable {
    public var webFolder: String?  // Nil where it was not found: pages then say how to mend it.
    public var vendorFolder: String?  // Holds `echarts.min.js`.
    public var trustForwardedProto: Bool  // Whether a proxy in front is believed when it says `https`.
    public var version: String
    public var currency: String  // ISO 4217.

    public init(
        webFolder: String?, vendorFolder: String?, trustForwardedProto: Bool, version: String, currency: String
    ) {
        self.webFolder = webFolder
        self.vendorFolder = vendorFolder
        self.trustForwardedProto = trustForwardedProto
        self.version = version
        self.currency = currency
    }
}
