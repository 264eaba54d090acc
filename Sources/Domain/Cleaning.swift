public import Base

/// One way of cleaning, as someone set it; never changed once it is there.
public struct CleaningVersion: Sendable, Equatable {
    /// How events were read before anyone set anything.
    public static let first: Int64 = 0

    public let number: Int64
    public let steps: JSON  // As `CleaningSettings` reads it.
    public let rateIDMax: Int64  // Rates that were added later do not count.
    public let author: String  // `Identity.actor`.
    public let createdAt: EventTime
    public let note: String

    public init(number: Int64, steps: JSON, rateIDMax: Int64, author: String, createdAt: EventTime, note: String) {
        self.number = number
        self.steps = steps
        self.rateIDMax = rateIDMax
        self.author = author
        self.createdAt = createdAt
        self.note = note
    }
}

/// From which record of the journal on a version holds, up to the next span.
public struct CleaningSpan: Sendable, Hashable {
    public let sequenceStart: UInt64
    public let version: Int64

    public init(sequenceStart: UInt64, version: Int64) {
        self.sequenceStart = sequenceStart
        self.version = version
    }
}

/// What one unit of a currency cost in another from a day on, until a newer rate.
public struct CurrencyRate: Sendable, Hashable {
    public let day: CalendarDay
    public let from: Currency
    public let to: Currency
    public let rate: ExactDecimal  // Units of `to` for one of `from`; more than 0.
    public let source: String  // Who published it.

    /// Nil where the rate is not above 0, its currencies are the same, or it has too many digits to count with exactly.
    public init?(day: CalendarDay, from: Currency, to: Currency, rate: ExactDecimal, source: String) {
        guard from != to, rate.coefficient > 0, rate.coefficient < 1_000_000_000_000_000, rate.scale <= 12 else {
            return nil
        }
        self.day = day
        self.from = from
        self.to = to
        self.rate = rate
        self.source = source
    }
}

/// A rate as it is kept; of two for one day and pair the one with the higher id counts.
public struct KeptCurrencyRate: Sendable, Equatable, Identifiable {
    public let id: Int64
    public let rate: CurrencyRate
    public let author: String  // `Identity.actor` of who added it.
    public let addedAt: EventTime

    public init(id: Int64, rate: CurrencyRate, author: String, addedAt: EventTime) {
        self.id = id
        self.rate = rate
        self.author = author
        self.addedAt = addedAt
    }
}

/// All that says how the journal is read.
public struct CleaningRecord: Sendable, Equatable {
    public var spans: [CleaningSpan]  // Ascending, from record 0 on.
    public var versions: [CleaningVersion]  // Those of the spans.
    public var rates: [KeptCurrencyRate]  // Ascending by id.

    public init(spans: [CleaningSpan], versions: [CleaningVersion], rates: [KeptCurrencyRate]) {
        self.spans = spans
        self.versions = versions
        self.rates = rates
    }
}

/// All history read again under one version.
public struct CleaningRerun: Sendable, Equatable, Identifiable {
    public enum State: String, Sendable, CaseIterable { case running, done, cancelled }

    public let id: Int64
    public let version: Int64
    public let state: State
    public let author: String
    public let startedAt: EventTime
    public let endedAt: EventTime?

    public init(
        id: Int64, version: Int64, state: State, author: String, startedAt: EventTime, endedAt: EventTime?
    ) {
        self.id = id
        self.version = version
        self.state = state
        self.author = author
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}
