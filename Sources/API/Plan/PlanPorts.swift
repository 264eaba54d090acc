public import Domain
public import Quality

/// The tracking plan and what was seen of events.
public struct PlanPorts: Sendable {
    public var draft: @Sendable () async throws(ReadFailure) -> PlanDraft
    /// Nil where none is.
    public var inForce: @Sendable () async throws(ReadFailure) -> PlanVersion?
    public var version: @Sendable (Int64) async throws(ReadFailure) -> PlanVersion?
    /// The newest first: those below `before`, at most `countMax`.
    public var versions: @Sendable (_ before: Int64?, _ countMax: Int) async throws(ReadFailure) -> [PlanVersion]
    /// Nil where the draft has another revision by now; then nothing was changed.
    public var setDraft:
        @Sendable (TrackingPlan, _ revision: Int64, _ actor: String) async throws(ReadFailure) -> PlanDraft?
    /// Makes a version of the draft that is in force when this returns; nil as for `setDraft`.
    public var freeze:
        @Sendable (_ revision: Int64, _ note: String, _ actor: String) async throws(ReadFailure) -> PlanVersion?
    /// Nil puts none in force. False where there is no such version.
    public var setInForce: @Sendable (Int64?) async throws(ReadFailure) -> Bool
    public var quality: QualityState

    public init(
        draft: @escaping @Sendable () async throws(ReadFailure) -> PlanDraft,
        inForce: @escaping @Sendable () async throws(ReadFailure) -> PlanVersion?,
        version: @escaping @Sendable (Int64) async throws(ReadFailure) -> PlanVersion?,
        versions: @escaping @Sendable (_ before: Int64?, _ countMax: Int) async throws(ReadFailure) -> [PlanVersion],
        setDraft:
            @escaping @Sendable (TrackingPlan, _ revision: Int64, _ actor: String) async throws(ReadFailure) ->
            PlanDraft?,
        freeze:
            @escaping @Sendable (_ revision: Int64, _ note: String, _ actor: String) async throws(ReadFailure) ->
            PlanVersion?,
        setInForce: @escaping @Sendable (Int64?) async throws(ReadFailure) -> Bool, quality: QualityState
    ) {
        self.draft = draft
        self.inForce = inForce
        self.version = version
        self.versions = versions
        self.setDraft = setDraft
        self.freeze = freeze
        self.setInForce = setInForce
        self.quality = quality
    }
}
