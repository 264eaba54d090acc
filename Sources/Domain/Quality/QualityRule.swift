public import Base

/// What the quality of an event of a source is made of.
public enum QualityPart: String, Sendable, CaseIterable {
    case validity  // As planned, of all that came.
    case completeness  // With every required field, of all that was taken.
    case freshness  // Received soon after it happened.
    case duplicates  // Sent again, of all that the source sent.
    case drift  // How far values, kinds and volume have moved from the days before.
}

/// Where the quality of an event is bad enough to tell someone.
public struct QualityRule: Sendable, Equatable {
    /// In seconds; the classes in which lateness is counted end here.
    public static let freshnessBounds: [Int64] = [
        1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800,
    ]

    public private(set) var validityMin = 0.99  // A share, as the next two.
    public private(set) var completenessMin = 0.99
    public private(set) var freshnessMin = 0.95
    public private(set) var freshnessBoundSeconds: Int64 = 300  // One of `freshnessBounds`.
    public private(set) var duplicatesMax = 0.05  // A share.
    public private(set) var driftMax = 0.25  // Population stability beyond chance; 0.25 is a large change by custom.
    public private(set) var sampleLeast = 50  // Below so many events nothing is said.

    public init() {}
}

extension QualityRule {
    public var json: JSON {
        [
            "validity_min": .double(validityMin), "completeness_min": .double(completenessMin),
            "freshness_min": .double(freshnessMin), "freshness_bound_seconds": .int(freshnessBoundSeconds),
            "duplicates_max": .double(duplicatesMax), "drift_max": .double(driftMax),
            "sample_least": .int(Int64(sampleLeast)),
        ]
    }

    /// What is absent is as by default.
    public init(json: JSON) throws(PlanFormatError) {
        let known = [
            "validity_min", "completeness_min", "freshness_min", "freshness_bound_seconds", "duplicates_max",
            "drift_max", "sample_least",
        ]
        let reader = try PlanReader(json, place: "", known: known)
        validityMin = try reader.share("validity_min") ?? validityMin
        completenessMin = try reader.share("completeness_min") ?? completenessMin
        freshnessMin = try reader.share("freshness_min") ?? freshnessMin
        duplicatesMax = try reader.share("duplicates_max") ?? duplicatesMax
        if let bound = try reader.integer("freshness_bound_seconds") {
            guard Self.freshnessBounds.contains(Int64(bound)) else {
                let bounds = Self.freshnessBounds.map(String.init).joined(separator: ", ")
                throw reader.error("freshness_bound_seconds", "must be one of \(bounds)")
            }
            freshnessBoundSeconds = Int64(bound)
        }
        if let most = try reader.number("drift_max") {
            guard most > 0, most <= 10 else { throw reader.error("drift_max", "must be above 0 and at most 10") }
            driftMax = most
        }
        if let least = try reader.integer("sample_least") {
            guard (1...1_000_000).contains(least) else {
                throw reader.error("sample_least", "must be a whole number from 1 to 1000000")
            }
            sampleLeast = least
        }
    }
}

extension PlanReader {
    fileprivate func share(_ name: String) throws(PlanFormatError) -> Double? {
        guard let share = try number(name) else { return nil }
        guard (0...1).contains(share) else { throw error(name, "must be a share from 0 to 1") }
        return share
    }
}

/// One part of the quality of an event of a source.
public struct AlarmKey: Hashable, Sendable {
    public let event: EventName
    public let source: SourceName
    public let part: QualityPart

    public init(event: EventName, source: SourceName, part: QualityPart) {
        self.event = event
        self.source = source
        self.part = part
    }
}

/// A part that was, or is, worse than its rule allows.
public struct QualityAlarm: Sendable, Equatable, Identifiable {
    public let id: Int64
    public let key: AlarmKey
    public let value: Double  // When it was raised: a share, or the drift.
    public let bound: Double  // Of the rule of then.
    public let raisedAt: EventTime
    public let clearedAt: EventTime?
    public let acknowledgedAt: EventTime?
    public let acknowledgedBy: String

    public init(
        id: Int64, key: AlarmKey, value: Double, bound: Double, raisedAt: EventTime, clearedAt: EventTime?,
        acknowledgedAt: EventTime?, acknowledgedBy: String
    ) {
        self.id = id
        self.key = key
        self.value = value
        self.bound = bound
        self.raisedAt = raisedAt
        self.clearedAt = clearedAt
        self.acknowledgedAt = acknowledgedAt
        self.acknowledgedBy = acknowledgedBy
    }
}
