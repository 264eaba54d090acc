public import Base
public import Cleaning
public import Domain

/// How events are cleaned, and what it takes to change that.
public struct CleaningPorts: Sendable {
    public var state: @Sendable () async throws(ReadFailure) -> CleaningState
    /// Newest first: those with a number below `before`, at most `countMax`.
    public var versions: @Sendable (_ before: Int64?, _ countMax: Int) async throws(ReadFailure) -> [CleaningVersion]
    public var version: @Sendable (Int64) async throws(ReadFailure) -> CleaningVersion?
    /// The latest to be added first: those with an id below `before`, at most `countMax`.
    public var rates: @Sendable (_ before: Int64?, _ countMax: Int) async throws(ReadFailure) -> [KeptCurrencyRate]
    /// A pipeline of these steps with all rates that are kept.
    public var pipeline: @Sendable (CleaningSettings) async throws(ReadFailure) -> CleaningPipeline
    /// The last events of the journal as they are read now and as a pipeline would; nil: as now in both. Blocks.
    public var compare: @Sendable (CleaningSample, CleaningPipeline?) throws(ReadFailure) -> CleaningComparison
    /// Makes a version that holds from the next event on; nil steps: those that hold now.
    public var add:
        @Sendable (_ steps: JSON?, _ rates: [CurrencyRate], _ author: String, _ note: String)
            async throws(CleaningChangeError) -> CleaningVersion
    /// Lets a version hold from the next event on.
    public var hold: @Sendable (_ version: Int64) async throws(CleaningChangeError) -> Void
    /// Begins to read all history again under a version.
    public var rerun: @Sendable (_ version: Int64, _ author: String) async throws(CleaningChangeError) -> Void
    /// Returns once nothing more will come of the one under way.
    public var cancelRerun: @Sendable () async throws(CleaningChangeError) -> Void
    /// The list of user agents of programs that comes with the product; nil where it is not found.
    public var botRules: @Sendable () -> JSON?

    public init(
        state: @escaping @Sendable () async throws(ReadFailure) -> CleaningState,
        versions:
            @escaping @Sendable (_ before: Int64?, _ countMax: Int) async throws(ReadFailure) -> [CleaningVersion],
        version: @escaping @Sendable (Int64) async throws(ReadFailure) -> CleaningVersion?,
        rates:
            @escaping @Sendable (_ before: Int64?, _ countMax: Int) async throws(ReadFailure) -> [KeptCurrencyRate],
        pipeline: @escaping @Sendable (CleaningSettings) async throws(ReadFailure) -> CleaningPipeline,
        compare:
            @escaping @Sendable (CleaningSample, CleaningPipeline?) throws(ReadFailure) -> CleaningComparison,
        add:
            @escaping @Sendable (_ steps: JSON?, _ rates: [CurrencyRate], _ author: String, _ note: String)
            async throws(CleaningChangeError) -> CleaningVersion,
        hold: @escaping @Sendable (_ version: Int64) async throws(CleaningChangeError) -> Void,
        rerun: @escaping @Sendable (_ version: Int64, _ author: String) async throws(CleaningChangeError) -> Void,
        cancelRerun: @escaping @Sendable () async throws(CleaningChangeError) -> Void,
        botRules: @escaping @Sendable () -> JSON?
    ) {
        self.state = state
        self.versions = versions
        self.version = version
        self.rates = rates
        self.pipeline = pipeline
        self.compare = compare
        self.add = add
        self.hold = hold
        self.rerun = rerun
        self.cancelRerun = cancelRerun
        self.botRules = botRules
    }
}

/// What holds now.
public struct CleaningState: Sendable {
    public let spans: [CleaningSpan]  // Ascending.
    public let current: CleaningVersion  // That of the last span.
    public let rerun: CleaningRerun?  // The one under way, or else the last.
    public let progress: CleaningProgress?  // Of the one under way.

    public init(
        spans: [CleaningSpan], current: CleaningVersion, rerun: CleaningRerun?, progress: CleaningProgress?
    ) {
        self.spans = spans
        self.current = current
        self.rerun = rerun
        self.progress = progress
    }
}

/// How far history has been read again.
public struct CleaningProgress: Sendable, Equatable {
    public let sequence: UInt64  // Records before it are done.
    public let sequenceEnd: UInt64  // Of the journal now.

    public init(sequence: UInt64, sequenceEnd: UInt64) {
        self.sequence = sequence
        self.sequenceEnd = sequenceEnd
    }
}

/// Which of the journal's last events a comparison reads.
public struct CleaningSample: Sendable, Equatable {
    public var countMax: Int
    public var since: EventTime?  // By time of receipt.

    public init(countMax: Int, since: EventTime? = nil) {
        self.countMax = countMax
        self.since = since
    }
}

/// Why cleaning was not changed; all is as it was.
public enum CleaningChangeError: Error, Equatable, Sendable {
    case rerunUnderWay
    case noRerun
    case busy  // Another change is being made.
    case unknownVersion(Int64)
    case failed(reason: String)
}
