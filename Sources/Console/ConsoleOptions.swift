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
