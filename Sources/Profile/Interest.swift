private import Base
private import Domain
private import Glibc
public import Statistics
internal import Timeline

/// What a subject of the catalogue belongs to; empty where unknown.
public struct SubjectFacts: Sendable, Equatable {
    public var category: String
    public var brand: String
    public var host: String

    public init(category: String = "", brand: String = "", host: String = "") {
        self.category = category
        self.brand = brand
        self.host = host
    }
}

/// How much of what a person did lately was about one category, brand or host.
///
/// An event of age u weighs w · 2^(−u / half-life), with w by its name. The interval is Wilson's, of as many events of
/// equal weight as tell as much: (Σw)² / Σw², Kish's effective sample size.
///
/// Source: Kish, "Survey Sampling", 1965, section 11.2.
public struct Interest: Sendable, Equatable {
    public let name: String
    public let weight: Double  // 1 for one view just now.
    public let share: Double  // Of the weight of all that belong to one.
    public let interval: Interval
    public let evidence: Evidence

    /// The strongest first, at most `countMax`.
    ///
    /// - Parameters:
    ///   - entries: Newest first, none later than `time`.
    ///   - name: What an entry's subject belongs to; empty for none.
    static func all(
        _ entries: [TimelineEntry], at timeMs: Int64, halfLifeMs: Int64, countMax: Int,
        of name: (TimelineEntry) -> String
    ) -> [Interest] {
        var found: [String: (weight: Double, evidence: Evidence)] = [:]
        var (whole, squares) = (0.0, 0.0)
        for entry in entries where entry.name.interest > 0 {
            let name = name(entry)
            guard !name.isEmpty else { continue }
            let weight = entry.name.interest * exp2(-Double(timeMs - entry.time.unixMs) / Double(halfLifeMs))
            found[name, default: (0, Evidence())].weight += weight
            found[name, default: (0, Evidence())].evidence.add(entry)
            whole += weight
            squares += weight * weight
        }
        guard squares > 0 else { return [] }
        let sorted = found.sorted { ($1.value.weight, $0.key) < ($0.value.weight, $1.key) }
        return sorted.prefix(countMax).map { name, one in
            let share = min(1, one.weight / whole)
            return Interest(
                name: name, weight: one.weight, share: share,
                interval: Proportion.interval(rate: share, count: whole * whole / squares), evidence: one.evidence)
        }
    }
}
