public import Base
public import Domain

/// What arrived of an event of a source.
public struct SeenSeries: Sendable, Equatable {
    public let key: SeriesKey
    public let count: Int
    public let firstAt: EventTime?
    public let lastAt: EventTime?
    public let leftOutCount: Int  // Values of places that did not fit.
    public let days: [Day]  // Of 24 hours each; the last one ends with the hour of asking.

    public struct Day: Sendable, Equatable {
        public let accepted: Int
        public let violating: Int
        public let refused: Int
    }
}

/// What was seen in one place of an event, over all of its sources.
public struct SeenField: Sendable, Equatable {
    public let path: FieldPath
    public let count: Int  // Values seen.
    public let aroundCount: Int  // Objects seen in which it might have stood.
    public let kinds: [ValueKind: Int]
    public let values: [(value: JSON, count: Int)]?  // The most frequent first; nil where there are too many.
    public let minimum: Double?
    public let maximum: Double?
    public let form: PersonalForm?  // What one in a hundred of its values or more look like.
    public let example: String  // Masked; empty without a form.

    public static func == (one: Self, two: Self) -> Bool { one.path == two.path && one.count == two.count }
}

/// How often a violation was counted since some hour.
public struct SeenViolation: Sendable, Equatable {
    public let key: ViolationKey
    public let observed: Int
    public let quarantined: Int
    public let rejected: Int
    public let samples: [ViolationSample]  // The newest first.

    public var count: Int { observed + quarantined + rejected }
}

extension QualityState {
    static let dayHours: Int32 = 24
    static let dayCount: Int32 = 8

    /// Every series, by event and source.
    public func series(at now: EventTime) -> [SeenSeries] {
        let core = copy
        return zip(core.keys, core.series).map { key, series in
            SeenSeries(
                key: key, count: series.count, firstAt: series.firstAt, lastAt: series.lastAt,
                leftOutCount: series.fields.leftOutCount, days: series.days(at: now))
        }.sorted { $0.key < $1.key }
    }

    /// Events and violations that did not fit.
    public var leftOut: (events: Int, violations: Int) {
        let core = copy
        return (core.leftOutCount, core.violations.leftOutCount)
    }

    /// The places of an event, by path.
    public func fields(of name: EventName) -> [SeenField] {
        let core = copy
        let trees = zip(core.keys, core.series).filter { $0.0.event == name }.map(\.1.fields)
        return FieldSum.fields(trees).values.compactMap(\.field).sorted { $0.path < $1.path }
    }

    /// The most frequent first.
    ///
    /// - Parameter event: Nil for all.
    public func violations(of event: EventName?, since hour: Hour) -> [SeenViolation] {
        let core = copy
        return core.violations.rows.compactMap { key, row in
            guard event == nil || key.series.event == event else { return nil }
            let sums = row.hours.sums(hour.number..<Int32.max)
            let seen = SeenViolation(
                key: key, observed: sums[0], quarantined: sums[1], rejected: sums[2], samples: row.samples.reversed())
            return seen.count > 0 ? seen : nil
        }.sorted { ($1.count, $0.key) < ($0.count, $1.key) }
    }
}

extension EventSeries {
    fileprivate func days(at now: EventTime) -> [SeenSeries.Day] {
        let end = Hour(of: now).number + 1
        return (0..<QualityState.dayCount).map { day in
            let start = end - (QualityState.dayCount - day) * QualityState.dayHours
            let sums = hours.sums(start..<start + QualityState.dayHours)
            return SeenSeries.Day(
                accepted: sums[Column.accepted.rawValue], violating: sums[Column.violating.rawValue],
                refused: sums[Column.refused.rawValue])
        }
    }
}

/// A place of an event, summed over sources.
struct FieldSum {
    private static let formShare = 100  // One in so many values makes the field personal.

    private(set) var steps: [FieldPath.Step] = []
    private(set) var count = 0
    private(set) var aroundCount = 0
    private(set) var kinds = [Int](repeating: 0, count: ValueKind.allCases.count)
    private(set) var values: [JSON: Int] = [:]
    private(set) var hasMoreValues = false
    private(set) var minimum: Double?
    private(set) var maximum: Double?
    private(set) var forms = [Int](repeating: 0, count: PersonalForm.allCases.count)
    private(set) var example = ""

    static func fields(_ trees: [FieldTree]) -> [[FieldPath.Step]: FieldSum] {
        var fields: [[FieldPath.Step]: FieldSum] = [:]
        for tree in trees {
            tree.walk { path, seen, aroundCount in fields[path, default: FieldSum()].add(path, seen, aroundCount) }
        }
        return fields
    }

    private mutating func add(_ path: [FieldPath.Step], _ seen: FieldSeen, _ aroundCount: Int) {
        steps = path
        count += seen.count
        self.aroundCount += aroundCount
        for index in kinds.indices { kinds[index] += seen.kinds[index] }
        for index in forms.indices { forms[index] += seen.forms[index] }
        hasMoreValues = hasMoreValues || seen.hasMoreValues
        values.merge(seen.values) { $0 + $1 }
        minimum = [minimum, seen.minimum].compactMap { $0 }.min()
        maximum = [maximum, seen.maximum].compactMap { $0 }.max()
        if example.isEmpty { example = seen.example }
    }

    /// Nil for the one place that is no field: `properties`.
    var field: SeenField? {
        guard let path = FieldPath(steps) else { return nil }
        let values = values.map { (value: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.value.text) < ($0.count, $1.value.text) }
        return SeenField(
            path: path, count: count, aroundCount: aroundCount,
            kinds: Dictionary(
                uniqueKeysWithValues: ValueKind.allCases.filter { kinds[$0.rawValue] > 0 }.map {
                    ($0, kinds[$0.rawValue])
                }),
            values: hasMoreValues ? nil : values, minimum: minimum, maximum: maximum, form: form, example: example)
    }

    private var form: PersonalForm? {
        let texts = kinds[ValueKind.string.rawValue]
        guard let most = forms.indices.max(by: { forms[$0] < forms[$1] }), forms[most] > 0,
            forms[most] * Self.formShare >= texts
        else { return nil }
        return PersonalForm.allCases[most]
    }
}
