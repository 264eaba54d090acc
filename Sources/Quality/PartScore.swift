public import Domain
public import Statistics

/// One part of the quality of an event of a source, over the last 24 hours.
public struct PartScore: Sendable, Equatable {
    /// Why a part has no value.
    public enum Missing: String, Sendable {
        case noPlan = "no_plan"  // Nothing is planned that it could be held against.
        case tooFew = "too_few"  // Fewer than `sampleNeeded`.
        case noPast = "no_past"  // Too little came in the days before to compare with.
    }

    public let part: QualityPart
    public let value: Double?  // A share; for drift the index beyond chance.
    public let interval: Interval?  // Wilson's, of a share.
    public let sampleCount: Int
    public let sampleNeeded: Int
    public let missing: Missing?
    public let bound: Double  // Of the rule; the value is bad below it, or above it for duplicates and drift.
    public let points: Double?  // 0...1.
    public let days: [Double?]  // The share of each of the last eight days, the last one last; empty for drift.
    public let detail: Detail

    /// What a part tells beside its value.
    public enum Detail: Sendable, Equatable {
        case none
        case lateness(medianSeconds: Double, p95Seconds: Double)
        /// What moved most: a place of the event, or `volume`; and what chance alone would have made of it.
        case drift(of: String, index: Double, chance: Double)
    }

    /// Whether it is bad beyond doubt: the whole interval is beyond the bound.
    public var isBeyond: Bool {
        guard let value else { return false }
        switch part {
        case .validity, .completeness, .freshness: return (interval?.high ?? value) < bound
        case .duplicates: return (interval?.low ?? value) > bound
        case .drift: return value > bound
        }
    }

    /// Whether it is well on the good side: by a fifth of the room there is, so that an alarm does not flutter.
    public var isClear: Bool {
        guard let value else { return false }
        switch part {
        case .validity, .completeness, .freshness: return value >= bound + (1 - bound) * Self.margin
        case .duplicates, .drift: return value <= bound * (1 - Self.margin)
        }
    }

    private static let margin = 0.2
}

extension PartScore {
    /// A part that is a share of good ones, or of bad ones for duplicates.
    ///
    /// - Parameters:
    ///   - day: Hits and all of the last 24 hours.
    ///   - isPlanned: Whether there is a plan, where the part needs one.
    init(
        _ part: QualityPart, day: (hits: Int, of: Int), days: [(hits: Int, of: Int)], bound: Double, sampleLeast: Int,
        isPlanned: Bool = true, detail: Detail = .none
    ) {
        let isEnough = isPlanned && day.of >= sampleLeast
        let proportion = isEnough ? Proportion(positives: day.hits, total: day.of) : nil
        let rate = proportion?.rate
        self.init(
            part: part, value: rate, interval: proportion?.interval(), sampleCount: day.of, sampleNeeded: sampleLeast,
            missing: !isPlanned ? .noPlan : isEnough ? nil : .tooFew, bound: bound,
            points: rate.map { part == .duplicates ? 1 - $0 : $0 },
            days: days.map { $0.of == 0 ? nil : Double($0.hits) / Double($0.of) },
            detail: isEnough ? detail : .none)
    }
}

/// The quality of an event of a source.
public struct EventQuality: Sendable, Equatable {
    /// How much each part counts, of those that have a value.
    public static let weights: [QualityPart: Double] = [
        .validity: 0.3, .completeness: 0.2, .freshness: 0.2, .duplicates: 0.1, .drift: 0.2,
    ]

    public let key: SeriesKey
    public let accepted: Int  // In the last 24 hours.
    public let volumes: [Int]  // Accepted in each of the last eight days.
    public let parts: [PartScore]  // One of each, in the order of `QualityPart`.

    /// 0...100: the weighted mean of the parts that have a value; nil where none has.
    public var score: Double? {
        let known = parts.compactMap { part in part.points.map { (Self.weights[part.part] ?? 0, $0) } }
        let whole = known.reduce(0) { $0 + $1.0 }
        return whole > 0 ? 100 * known.reduce(0) { $0 + $1.0 * $1.1 } / whole : nil
    }
}
