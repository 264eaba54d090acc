import Base
public import Domain

/// Which pipeline reads which record of the journal.
public struct CleaningHistory: Sendable {
    private struct Reading: Sendable {
        let span: CleaningSpan
        let pipeline: CleaningPipeline
    }

    /// Before anyone set anything.
    public static let first = CleaningHistory([(CleaningSpan(sequenceStart: 0, version: 0), .first)])

    /// No step at all, the correction of clocks neither.
    public static let asReceived = CleaningHistory([(CleaningSpan(sequenceStart: 0, version: 0), .asReceived)])

    private let readings: [Reading]  // Ascending, the first from record 0 on.
    private let unchangedFrom: UInt64  // From this record on no pipeline changes anything.

    private init(_ readings: [(CleaningSpan, CleaningPipeline)]) {
        self.readings = readings.map { Reading(span: $0.0, pipeline: $0.1) }
        unchangedFrom = readings.reversed().prefix { $0.1.isIdentity }.last?.0.sequenceStart ?? .max
    }

    /// Nil unless the spans ascend from record 0 on and each version has its pipeline.
    public init?(spans: [CleaningSpan], pipelines: [Int64: CleaningPipeline]) {
        let known = spans.compactMap { span in pipelines[span.version].map { (span, $0) } }
        guard spans.first?.sequenceStart == 0, known.count == spans.count,
            zip(spans, spans.dropFirst()).allSatisfy({ $0.sequenceStart < $1.sequenceStart })
        else { return nil }
        self.init(known)
    }

    /// - Throws: Where a version's steps cannot be read: a later program may have written them.
    public init(_ record: CleaningRecord) throws(CleaningSettingsError) {
        let rates = RateTable(record.rates)
        var ready: [JSON: CleaningPipeline] = [:]  // Versions that differ in their rates alone share what is large.
        var pipelines: [Int64: CleaningPipeline] = [:]
        for version in record.versions {
            let known = rates.upTo(idMax: version.rateIDMax)
            if ready[version.steps] == nil {
                ready[version.steps] = CleaningPipeline(try CleaningSettings(json: version.steps))
            }
            pipelines[version.number] = ready[version.steps]?.with(known)
        }
        guard let history = CleaningHistory(spans: record.spans, pipelines: pipelines) else {
            throw CleaningSettingsError(place: "spans", rule: "must cover the journal from record 0 on")
        }
        self = history
    }

    public var spans: [CleaningSpan] { readings.map(\.span) }

    /// What new events are read with.
    public var newest: (version: Int64, pipeline: CleaningPipeline) {
        guard let last = readings.last else { return (CleaningVersion.first, .first) }
        return (last.span.version, last.pipeline)
    }

    /// - Complexity: O(spans behind the record): most that are read are new.
    public func pipeline(at sequence: UInt64) -> CleaningPipeline {
        for reading in readings.reversed() where reading.span.sequenceStart <= sequence { return reading.pipeline }
        return .first
    }

    public func callAsFunction(_ event: consuming Event, sequence: UInt64) -> Cleaned {
        sequence >= unchangedFrom ? Cleaned(event: event) : pipeline(at: sequence)(event)
    }

    /// What tells apart how the records before `end` were read: 0 where nothing was set for them.
    public func basis(before end: UInt64) -> UInt64 {
        var words: [UInt64] = []
        for reading in readings where reading.span.sequenceStart < end {
            if words.last == UInt64(bitPattern: reading.span.version) { continue }
            words += [reading.span.sequenceStart, UInt64(bitPattern: reading.span.version)]
        }
        return words == [0, 0] || words.isEmpty ? 0 : max(1, checksum64(of: words))
    }
}
