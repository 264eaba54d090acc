public import Domain

/// The sources that people declare: saved mappings and webhooks.
public struct WebhookPorts: Sendable {
    public typealias FoundWebhook = (webhook: WebhookSource, secret: String)

    /// By name.
    public var mappings: @Sendable () async throws(ReadFailure) -> [SavedMapping]
    public var saveMapping: @Sendable (SavedMapping) async throws(ReadFailure) -> Void
    /// False where there is none of this name.
    public var removeMapping: @Sendable (PlainName) async throws(ReadFailure) -> Bool
    /// By name.
    public var webhooks: @Sendable () async throws(ReadFailure) -> [WebhookSource]
    /// With its secret, which is empty where it has none.
    public var webhook: @Sendable (PlainName) async throws(ReadFailure) -> FoundWebhook?
    /// A secret that is nil keeps the one that there is.
    public var saveWebhook: @Sendable (WebhookSource, _ secret: String?) async throws(ReadFailure) -> Void
    public var removeWebhook: @Sendable (PlainName) async throws(ReadFailure) -> Bool

    public init(
        mappings: @escaping @Sendable () async throws(ReadFailure) -> [SavedMapping],
        saveMapping: @escaping @Sendable (SavedMapping) async throws(ReadFailure) -> Void,
        removeMapping: @escaping @Sendable (PlainName) async throws(ReadFailure) -> Bool,
        webhooks: @escaping @Sendable () async throws(ReadFailure) -> [WebhookSource],
        webhook: @escaping @Sendable (PlainName) async throws(ReadFailure) -> FoundWebhook?,
        saveWebhook: @escaping @Sendable (WebhookSource, _ secret: String?) async throws(ReadFailure) -> Void,
        removeWebhook: @escaping @Sendable (PlainName) async throws(ReadFailure) -> Bool
    ) {
        self.mappings = mappings
        self.saveMapping = saveMapping
        self.removeMapping = removeMapping
        self.webhooks = webhooks
        self.webhook = webhook
        self.saveWebhook = saveWebhook
        self.removeWebhook = removeWebhook
    }
}
