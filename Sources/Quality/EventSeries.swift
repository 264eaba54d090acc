import Base
public import Domain

/// An event of a source.
public struct SeriesKey: Hashable, Comparable, Sendable {
    public let event: EventName
    public let source: SourceName

    public init(event: EventName, source: SourceName) {
        self.event = event
        self.source = source
    }

    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.event, lhs.source) < (rhs.event, rhs.source) }
}

/// How long after they happened events were received, in fixed classes whose counts add up.
public enum Lateness {
    /// Upper ends of all classes but the last, in seconds.
    public static let edges = QualityRule.freshnessBounds
    static let classCount = edges.count + 1

    /// An event from the future, by a fast clock, counts as prompt.
    static func ofClass(_ late: Milliseconds) -> Int {
        edges.firstIndex { late.count <= $0 * 1000 } ?? edges.count
    }
}

/// What was counted of an event of a source, by the hour in which it was received.
struct EventSeries: Sendable, Equatable {
    enum Column: Int {
        case accepted
        case checked  // Accepted while a plan was in force.
        case violating  // Of those.
        case incomplete  // Of those: a required field was missing.
        case refused
        case lateness  // The first of `Lateness.classCount`.
    }

    static let width = Column.lateness.rawValue + Lateness.classCount

    var hours = CountRing(slotCount: QualityLimits.hourCount, width: width)
    var fields = FieldTree()
    private(set) var count = 0
    private(set) var firstAt: EventTime?
    private(set) var lastAt: EventTime?

    mutating func note(_ event: Event, _ violations: [PlanViolation]?, room: inout Int) {
        let hour = Hour(of: event.receivedAt)
        count += 1
        firstAt = firstAt ?? event.receivedAt
        lastAt = max(lastAt ?? event.receivedAt, event.receivedAt)
        add(.accepted, hour)
        hours.add(
            Column.lateness.rawValue + Lateness.ofClass(event.receivedAt.since(event.time)), at: hour.number)
        if let violations {
            add(.checked, hour)
            if !violations.isEmpty { add(.violating, hour) }
            if violations.contains(where: { $0.kind == .missing }) { add(.incomplete, hour) }
        }
        let countOfHour = hours.count(Column.accepted.rawValue, at: hour.number)
        if countOfHour <= QualityLimits.inspectedPerHour || count % QualityLimits.inspectionStride == 0 {
            fields.note(event, hour, room: &room)
        }
    }

    mutating func noteRefusal(_ hour: Hour) { add(.refused, hour) }

    private mutating func add(_ column: Column, _ hour: Hour) { hours.add(column.rawValue, at: hour.number) }
}

extension EventSeries {
    func write(to out: inout ByteWriter) {
        out.append(Int64(count))
        out.append(firstAt?.unixMs ?? -1)
        out.append(lastAt?.unixMs ?? -1)
        hours.write(to: &out)
        fields.write(to: &out)
    }

    init(_ reader: inout ByteReader, _ parser: JSONParser) throws(CodecError) {
        count = Int(try reader.integer())
        firstAt = EventTime(unixMs: try reader.integer())
        lastAt = EventTime(unixMs: try reader.integer())
        try hours.read(&reader)
        fields = try FieldTree(&reader, parser)
    }
}
