public import Base
private import Foundation

/// The control data of one data folder: who may do what, what was set aside, what is offered, how far imports came.
///
/// Several processes may have it open: the server, and a command beside it. Every write is durable when its call
/// returns. Every call throws `DatabaseError`; then nothing was changed.
public final class ControlStore: Sendable {
    public let tokens: TokenStore
    public let users: UserStore
    public let sessions: SessionStore
    public let quarantine: QuarantineStore
    public let catalogue: CatalogueStore
    public let campaigns: CampaignStore
    public let orderTotals: OrderTotalStore
    public let settings: SettingStore
    public let importCheckpoints: ImportCheckpointStore
    public let audit: AuditStore
    public let plan: PlanStore
    public let quality: QualityStore
    public let sourceLimits: SourceLimitStore
    public let mappings: MappingStore
    public let webhooks: WebhookStore
    public let douyinSecrets: DouyinSecretStore
    public let logs: FollowedLogStore
    public let importJobs: ImportJobStore
    public let cleaning: CleaningStore
    public let stageModels: StageModelStore
    public let audiences: AudienceStore
    public let erasures: ErasureStore

    /// Opens or makes the database. Blocks while migrations run: meant for the start of the program.
    ///
    /// - Parameter path: A file, or `:memory:`.
    public init(path: String, options: ControlStoreOptions) throws(DatabaseError) {
        let connections = try Connections(path: path)
        let sessionCache = CredentialCache<Session>(options.now)
        tokens = TokenStore(connections, options)
        users = UserStore(connections, options, sessionCache: sessionCache)
        sessions = SessionStore(connections, options, cache: sessionCache)
        quarantine = QuarantineStore(connections, bodyBytesMax: options.quarantineBodyBytesMax)
        catalogue = CatalogueStore(connections)
        campaigns = CampaignStore(connections)
        orderTotals = OrderTotalStore(connections)
        settings = SettingStore(connections, random: options.random)
        importCheckpoints = ImportCheckpointStore(connections)
        audit = AuditStore(connections)
        plan = PlanStore(connections)
        quality = QualityStore(connections)
        sourceLimits = SourceLimitStore(connections)
        mappings = MappingStore(connections)
        let keyPath = path == ":memory:" ? nil : (path as NSString).deletingLastPathComponent + "/secret.key"
        let box = try SecretBox.opened(path: keyPath, random: options.random)
        webhooks = WebhookStore(connections, box: box, random: options.random)
        douyinSecrets = DouyinSecretStore(connections, box: box, random: options.random)
        logs = FollowedLogStore(connections)
        importJobs = ImportJobStore(connections)
        cleaning = CleaningStore(connections)
        stageModels = StageModelStore(connections)
        audiences = AudienceStore(connections)
        erasures = ErasureStore(connections)
    }
}

extension ControlStore {
    /// Looks at a database without a change, also beside a server.
    ///
    /// - Returns: How many steps of the schema are still to be made; a start makes them.
    /// - Throws: As `init` would, except for what only shows when something is written.
    public static func stepCountMissing(path: String) throws(DatabaseError) -> Int {
        // A log beside it is that of a writer, alive or not. Without one, the file is all there is.
        let isWritten = FileManager.default.fileExists(atPath: path + "-wal")
        let database = try Database(path: path, access: isWritten ? .readOnly : .unchanging)
        return try Migration.all.count - database.countApplied(of: Migration.all)
    }
}

/// What the store needs of the world, and its limits.
public struct ControlStoreOptions: Sendable {
    public var now: @Sendable () -> EventTime
    public var random: @Sendable (_ count: Int) -> [UInt8] = Secret.randomBytes  // For secrets: unpredictable.
    public var passwordCost: PasswordHasher.Cost = .interactive
    public var quarantineBodyBytesMax = 65_536

    public init(now: @escaping @Sendable () -> EventTime) { self.now = now }
}
