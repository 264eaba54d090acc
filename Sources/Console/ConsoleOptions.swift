/// What the console is told of its installation.
public struct ConsoleOptions: Sendable {
    public var webFolder: String?  // Nil where it was not found: pages then say how to mend it.
    public var vendorFolder: String?  // Holds `echarts.min.js`.
    public var trustForwardedProto: Bool  // Whether a proxy in front is believed when it says `https`.
    public var trustForwardedFor: Bool  // Whether it is believed when it says whom a request comes from.
    public var version: String
    public var currency: String  // ISO 4217.

    public init(
        webFolder: String?, vendorFolder: String?, trustForwardedProto: Bool, trustForwardedFor: Bool,
        version: String, currency: String
    ) {
        self.webFolder = webFolder
        self.vendorFolder = vendorFolder
        self.trustForwardedProto = trustForwardedProto
        self.trustForwardedFor = trustForwardedFor
        self.version = version
        self.currency = currency
    }
}
