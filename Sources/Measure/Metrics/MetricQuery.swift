public import Base
public import Timeline

/// A metric of a range of time, over time and by what it is grouped by.
public struct MetricQuery: Sendable {
    public let definition: MetricDefinition
    public let parameters: [String: Double]
    public let currency: Currency
    public let tally: TallyQuery

    /// - Parameter boundaries: Of stretches of time; the last is where the last one ends.
    public init(
        _ definition: MetricDefinition, boundaries: [EventTime], dimension: SegmentationQuery.Dimension? = nil,
        groupCount: Int = 20, currency: Currency, parameters: [String: Double] = [:]
    ) throws(TimelineQueryError) {
        self.definition = definition
        self.parameters = parameters
        self.currency = currency
        let leaves = definition.expression.leaves.map { $0.tallied(in: currency) }
        tally = try TallyQuery(
            leaves: leaves, dimension: dimension, boundaries: boundaries, groupCount: groupCount)
    }

    fileprivate func value(_ cell: TallyResult.Cell, _ stretches: Range<Int>) -> MetricValue {
        let length = tally.boundaries[stretches.upperBound].since(tally.boundaries[stretches.lowerBound])
        return MetricValue(
            definition, cell, parameters: parameters, days: Double(length.count) / Double(Milliseconds.days(1).count))
    }
}

public struct MetricResult: Sendable {
    public struct Group: Sendable {
        public let key: SegmentationResult.Key
        public let total: MetricValue
        public let series: [MetricValue]
    }

    public let total: MetricValue
    public let series: [MetricValue]  // Shape `[stretches]`; empty where there is one.
    public let groups: [Group]  // Those with most events first; the others last.
}

extension TimelineSnapshot {
    public func metric(_ query: MetricQuery) -> MetricResult { MetricResult(query, tally(query.tally)) }

    /// Each what `metric` says of it, of as few passes over the events as they need.
    public func metrics(_ queries: [MetricQuery]) -> [MetricResult] {
        zip(queries, tallies(queries.map(\.tally))).map { MetricResult($0, $1) }
    }
}

extension MetricResult {
    fileprivate init(_ query: MetricQuery, _ found: TallyResult) {
        let all = 0..<query.tally.boundaries.count - 1
        let series = { (cells: [TallyResult.Cell]) in cells.enumerated().map { query.value($1, $0..<$0 + 1) } }
        total = query.value(found.total, all)
        self.series = series(found.series)
        groups = found.groups.map {
            Group(key: $0.key, total: query.value($0.total, all), series: series($0.series))
        }
    }
}
