public import Base
public import Domain

/// An event of which a violation was counted: where to look at it.
public struct ViolationSample: Sendable, Equatable {
    public let time: EventTime  // Of receipt.
    public let event: EventID?  // Nil for one that was refused.
    public let person: PersonID?
    public let quarantineID: Int64?  // Where it was set aside.

    public init(time: EventTime, event: EventID?, person: PersonID?, quarantineID: Int64?) {
        self.time = time
        self.event = event
        self.person = person
        self.quarantineID = quarantineID
    }
}

/// What was not as planned, and where.
public struct ViolationKey: Hashable, Comparable, Sendable {
    public let series: SeriesKey
    public let field: String  // As in `PlanViolation`.
    public let kind: PlanViolation.Kind

    public static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.series, lhs.field, lhs.kind.rawValue) < (rhs.series, rhs.field, rhs.kind.rawValue)
    }
}

/// How often each violation was seen, by the hour, with the newest samples.
struct ViolationLedger: Sendable, Equatable {
    enum Column: Int, CaseIterable { case observed, quarantined, rejected }

    struct Row: Sendable, Equatable {
        var hours = CountRing(slotCount: QualityLimits.hourCount, width: Column.allCases.count)
        var samples: [ViolationSample] = []  // The newest last.
    }

    private(set) var rows: [ViolationKey: Row] = [:]
    private(set) var leftOutCount = 0  // Violations for which there was no row left.

    mutating func note(_ key: ViolationKey, _ column: Column, _ sample: ViolationSample) {
        guard rows[key] != nil || rows.count < QualityLimits.violationCountMax else {
            leftOutCount += 1
            return
        }
        rows[key, default: Row()].hours.add(column.rawValue, at: Hour(of: sample.time).number)
        let isFull = rows[key]?.samples.count == QualityLimits.sampleCountMax
        if isFull { rows[key]?.samples.removeFirst() }
        rows[key]?.samples.append(sample)
    }
}

extension ViolationLedger {
    /// Forgets samples of some people; what was counted stays.
    mutating func forget(_ isErased: (PersonID) -> Bool) {
        for key in rows.keys { rows[key]?.samples.removeAll { $0.person.map(isErased) ?? false } }
    }

    func count(ofPeople isOne: (PersonID) -> Bool, before time: EventTime) -> Int {
        rows.values.flatMap(\.samples).count { $0.time < time && $0.person.map(isOne) ?? false }
    }

    func write(to out: inout ByteWriter) {
        out.append(Int64(leftOutCount))
        out.append(Int64(rows.count))
        for (key, row) in rows {
            out.append(key.series.event.text)
            out.append(key.series.source.text)
            out.append(key.field)
            out.append(key.kind.rawValue)
            row.hours.write(to: &out)
            out.append(Int64(row.samples.count))
            for sample in row.samples {
                out.append(sample.time.unixMs)
                out.append(sample.event?.text ?? "")
                out.append(sample.person?.text ?? "")
                out.append(sample.quarantineID ?? -1)
            }
        }
    }

    init(_ reader: inout ByteReader) throws(CodecError) {
        leftOutCount = Int(try reader.integer())
        for _ in 0..<max(0, try reader.integer()) {
            let series = try SeriesKey(&reader)
            let field = try reader.text()
            guard let kind = PlanViolation.Kind(rawValue: try reader.text()) else { throw .invalid(field: "kind") }
            var row = Row()
            try row.hours.read(&reader)
            for _ in 0..<max(0, try reader.integer()) {
                let time = EventTime(clampingUnixMs: try reader.integer())
                let (event, person) = (EventID(try reader.text()), PersonID(try reader.text()))
                let id = try reader.integer()
                row.samples.append(
                    ViolationSample(time: time, event: event, person: person, quarantineID: id < 0 ? nil : id))
            }
            rows[ViolationKey(series: series, field: field, kind: kind)] = row
        }
    }
}

extension SeriesKey {
    init(_ reader: inout ByteReader) throws(CodecError) {
        guard let event = EventName(try reader.text()) else { throw .invalid(field: "event") }
        guard let source = SourceName(try reader.text()) else { throw .invalid(field: "source") }
        self.init(event: event, source: source)
    }
}
