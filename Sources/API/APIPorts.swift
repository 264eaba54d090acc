public import Base
public import Collect
public import Decide
public import Domain
public import Identities
public import Measure
public import Timeline

/// What the routes need of the world.
public struct APIPorts: Sendable {
    public var access: Access
    public var collect: CollectEvents
    public var decide: Decide
    public var timeline: @Sendable () -> TimelineSnapshot
    /// A snapshot of that timeline in which the ids of a person are one. Blocks: call it where queries run.
    public var persons: @Sendable (TimelineSnapshot, PersonBasis) throws(ReadFailure) -> TimelineSnapshot
    /// When the event that was taken last happened: where data are arriving. Nil where there is none.
    public var newestTime: @Sendable () -> EventTime?
    /// What programs and our own people did, which no number counts; its channels are the marks.
    public var marked: @Sendable () -> TimelineSnapshot
    private let decisionsNow: @Sendable () -> DecisionIndex
    public var cleaning: CleaningPorts
    public var identity: IdentityState
    public var sources: SourcePorts
    /// Makes an event of Quanyu's own durable.
    public var record: @Sendable (Event) async throws(CollectError) -> Void
    /// The journal's events, in the order of `sequences`; nil where there is none.
    public var events: @Sendable (_ sequences: [UInt64]) async throws(ReadFailure) -> [Event?]
    /// Nil where the journal holds no receipt under this id.
    public var receipt: @Sendable (ReceiptID) async throws(ReadFailure) -> KeptReceipt?
    /// What the catalogue knows of these subjects; none where it cannot be read, since titles only adorn.
    public var titles: @Sendable ([Subject]) async -> [Subject: CatalogItem]
    public var campaigns: @Sendable () async throws(ReadFailure) -> [Campaign]
    public var quarantine: QuarantinePorts
    public var orders: OrderPorts
    public var catalogue: CataloguePorts
    public var webhooks: WebhookPorts
    public var logs: LogPorts
    public var imports: ImportPorts
    public var plan: PlanPorts
    public var quality: QualityPorts
    public var stageModels: StageModelPorts
    public var audiences: AudiencePorts
    public var erasures: ErasurePorts
    public var health: @Sendable () -> Health
    public var audit: @Sendable (AuditEntry) async -> Void
    public var metrics: Metrics
    public var now: @Sendable () -> EventTime
    public var metricLibrary = MetricLibrary.empty
    /// Nil where the zone database has no zone of that name.
    public var zone: @Sendable (_ name: String) -> DayZone?

    public init(
        access: Access, collect: CollectEvents, decide: Decide, timeline: @escaping @Sendable () -> TimelineSnapshot,
        persons: @escaping @Sendable (TimelineSnapshot, PersonBasis) throws(ReadFailure) -> TimelineSnapshot,
        newestTime: @escaping @Sendable () -> EventTime?,
        marked: @escaping @Sendable () -> TimelineSnapshot,
        decisions: @escaping @autoclosure @Sendable () -> DecisionIndex, cleaning: CleaningPorts,
        identity: IdentityState, sources: SourcePorts,
        record: @escaping @Sendable (Event) async throws(CollectError) -> Void,
        events: @escaping @Sendable (_ sequences: [UInt64]) async throws(ReadFailure) -> [Event?],
        receipt: @escaping @Sendable (ReceiptID) async throws(ReadFailure) -> KeptReceipt?,
        titles: @escaping @Sendable ([Subject]) async -> [Subject: CatalogItem],
        campaigns: @escaping @Sendable () async throws(ReadFailure) -> [Campaign], quarantine: QuarantinePorts,
        orders: OrderPorts, catalogue: CataloguePorts, webhooks: WebhookPorts, logs: LogPorts, imports: ImportPorts,
        plan: PlanPorts, quality: QualityPorts, stageModels: StageModelPorts, audiences: AudiencePorts,
        erasures: ErasurePorts,
        health: @escaping @Sendable () -> Health, audit: @escaping @Sendable (AuditEntry) async -> Void,
        metrics: Metrics, now: @escaping @Sendable () -> EventTime,
        zone: @escaping @Sendable (_ name: String) -> DayZone?
    ) {
        self.access = access
        self.collect = collect
        self.decide = decide
        self.timeline = timeline
        self.persons = persons
        self.newestTime = newestTime
        self.marked = marked
        decisionsNow = decisions
        self.cleaning = cleaning
        self.identity = identity
        self.sources = sources
        self.record = record
        self.events = events
        self.receipt = receipt
        self.titles = titles
        self.campaigns = campaigns
        self.quarantine = quarantine
        self.orders = orders
        self.catalogue = catalogue
        self.webhooks = webhooks
        self.logs = logs
        self.imports = imports
        self.plan = plan
        self.quality = quality
        self.stageModels = stageModels
        self.audiences = audiences
        self.erasures = erasures
        self.health = health
        self.audit = audit
        self.metrics = metrics
        self.now = now
        self.zone = zone
    }
}

extension APIPorts {
    /// Another one once history has been read again.
    public var decisions: DecisionIndex { decisionsNow() }

    /// Up to where history is known: what ends later is not over. Blocks: call it where queries run.
    var observedUntil: EventTime {
        let now = now()
        return timeline().latestTime(until: now) ?? now
    }

    /// The end of a period that names none: behind the event that came last.
    var arrivingUntil: EventTime { (newestTime() ?? now()).advanced(by: Milliseconds(1)) }

    /// As `persons`, for a route.
    func people(_ snapshot: TimelineSnapshot, _ basis: PersonBasis) throws(Problem) -> TimelineSnapshot {
        do throws(ReadFailure) { return try persons(snapshot, basis) } catch { throw Problem(error) }
    }
}

/// Something could not be read or noted: the disk failed, or the store is closing. The caller may try again.
public struct ReadFailure: Error, Equatable, Sendable {
    public let reason: String  // For the answer: without a secret or personal data.

    public init(reason: String) { self.reason = reason }
}

/// How far the process is.
public struct Health: Sendable, Equatable {
    public let trouble: String?  // Why requests cannot all be taken and answered; nil where they can.
    public let journalSequence: UInt64  // Records on disk.
    public let timelineSequence: UInt64  // Records that queries see.

    public init(trouble: String?, journalSequence: UInt64, timelineSequence: UInt64) {
        self.trouble = trouble
        self.journalSequence = journalSequence
        self.timelineSequence = timelineSequence
    }
}

/// What was set aside.
public struct QuarantinePorts: Sendable {
    /// Newest first: those with an id below `before`, at most `countMax`.
    public var page:
        @Sendable (QuarantineFilter, _ before: Int64?, _ countMax: Int) async throws(ReadFailure) -> [QuarantineItem]
    /// Oldest first: those that were not taken yet, with an id above `after` and at most `last`.
    public var waiting:
        @Sendable (QuarantineFilter, _ after: Int64, _ last: Int64, _ countMax: Int) async throws(ReadFailure) ->
            [QuarantineItem]
    /// How many there are, by reason.
    public var counts: @Sendable (QuarantineFilter) async throws(ReadFailure) -> [String: QuarantineCount]
    /// In the order of `ids`; unknown ones are left out.
    public var items: @Sendable (_ ids: [Int64]) async throws(ReadFailure) -> [QuarantineItem]
    /// Notes that these were taken after all.
    public var markReplayed: @Sendable (_ ids: [Int64], EventTime) async throws(ReadFailure) -> Void

    public init(
        page:
            @escaping @Sendable (QuarantineFilter, _ before: Int64?, _ countMax: Int) async throws(ReadFailure) ->
            [QuarantineItem],
        waiting:
            @escaping @Sendable (QuarantineFilter, _ after: Int64, _ last: Int64, _ countMax: Int)
            async throws(ReadFailure) -> [QuarantineItem],
        counts: @escaping @Sendable (QuarantineFilter) async throws(ReadFailure) -> [String: QuarantineCount],
        items: @escaping @Sendable (_ ids: [Int64]) async throws(ReadFailure) -> [QuarantineItem],
        markReplayed: @escaping @Sendable (_ ids: [Int64], EventTime) async throws(ReadFailure) -> Void
    ) {
        self.page = page
        self.waiting = waiting
        self.counts = counts
        self.items = items
        self.markReplayed = markReplayed
    }
}
