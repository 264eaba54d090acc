public import Base
public import Domain

/// Which items of the catalogue a list shows; nil: all.
public struct CatalogueQuestion: Sendable {
    public var kind: Subject.Kind?
    public var text: String?
    public var isDiscontinued: Bool?
    public var after: Subject?

    public init() {}
}

/// The catalogue with its past.
public struct CataloguePorts: Sendable {
    /// In the order of kind and id, at most `countMax`.
    public var entries:
        @Sendable (_ question: CatalogueQuestion, _ countMax: Int) async throws(ReadFailure) -> [CatalogEntry]
    public var counts: @Sendable () async throws(ReadFailure) -> [Subject.Kind: Int]
    public var entry: @Sendable (Subject) async throws(ReadFailure) -> CatalogEntry?
    /// The newest state first.
    public var changes: @Sendable (Subject, _ countMax: Int) async throws(ReadFailure) -> [CatalogChange]
    /// What held at a time.
    public var state: @Sendable (Subject, EventTime) async throws(ReadFailure) -> [CatalogChange.Metric: CatalogChange]
    /// Changes one item; returns it as it stands then.
    public var apply:
        @Sendable (CatalogPatch, _ at: EventTime, _ origin: String) async throws(ReadFailure) -> CatalogEntry

    public init(
        entries:
            @escaping @Sendable (_ question: CatalogueQuestion, _ countMax: Int) async throws(ReadFailure) ->
            [CatalogEntry],
        counts: @escaping @Sendable () async throws(ReadFailure) -> [Subject.Kind: Int],
        entry: @escaping @Sendable (Subject) async throws(ReadFailure) -> CatalogEntry?,
        changes: @escaping @Sendable (Subject, _ countMax: Int) async throws(ReadFailure) -> [CatalogChange],
        state:
            @escaping @Sendable (Subject, EventTime) async throws(ReadFailure) -> [CatalogChange.Metric: CatalogChange],
        apply:
            @escaping @Sendable (CatalogPatch, _ at: EventTime, _ origin: String) async throws(ReadFailure) ->
            CatalogEntry
    ) {
        self.entries = entries
        self.counts = counts
        self.entry = entry
        self.changes = changes
        self.state = state
        self.apply = apply
    }
}
