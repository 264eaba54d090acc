/// All events up to a place in the journal, sealed: sorted by person, time and sequence, in columns.
final class Generation: Sendable {
    let offsets: Column<UInt32>  // Shape [people + 1]: the events of person p are offsets[p]..<offsets[p + 1].
    let columns: EventColumns
    let extras: ExtraTable
    let sequenceBase: UInt64
    let sequenceEnd: UInt64
    let timesMs: ClosedRange<Int64>?  // First and last; nil without events.
    let dictionaryCounts: DictionaryCounts
    let withoutEvents: [UInt64]  // A bit for each person who has none any more; empty where everybody has some.

    init(
        rows: BuiltRows, sequenceBase: UInt64, sequenceEnd: UInt64, timesMs: ClosedRange<Int64>?,
        dictionaryCounts: DictionaryCounts
    ) {
        offsets = rows.offsets
        columns = rows.columns
        extras = rows.extras
        self.sequenceBase = sequenceBase
        self.sequenceEnd = sequenceEnd
        self.timesMs = timesMs
        self.dictionaryCounts = dictionaryCounts
        withoutEvents = Self.peopleWithoutEvents(rows.offsets.span)
    }

    /// False also for people who came later.
    func isWithoutEvents(_ person: Int) -> Bool {
        person / 64 < withoutEvents.count && withoutEvents[person / 64] >> UInt64(person % 64) & 1 == 1
    }

    private static func peopleWithoutEvents(_ offsets: Span<UInt32>) -> [UInt64] {
        var bits: [UInt64] = []
        for person in 0..<offsets.count - 1 where offsets[person] == offsets[person + 1] {
            if bits.isEmpty { bits = .init(repeating: 0, count: offsets.count / 64 + 1) }
            bits[person / 64] |= 1 << UInt64(person % 64)
        }
        return bits
    }

    static func empty(_ properties: PropertyIndex) -> Generation {
        Generation(
            rows: BuiltRows(
                offsets: [0], columns: EventColumns(properties: properties.columns), extras: ExtraTable()),
            sequenceBase: 0, sequenceEnd: 0, timesMs: nil, dictionaryCounts: Dictionaries.Tables().counts)
    }

    var byteCount: Int {
        columns.properties.reduce(offsets.byteCount + columns.byteCount + extras.byteCount) { $0 + $1.byteCount }
    }

    /// All of a generation is mapped, or nothing.
    var mappedByteCount: Int { columns.times.isMapped ? byteCount : 0 }

    var personCount: Int { offsets.count - 1 }
    var count: Int { columns.count }

    /// Positions of a person's events; empty for people who came later.
    func range(of person: Int) -> Range<Int> {
        person < personCount ? Int(offsets[person])..<Int(offsets[person + 1]) : count..<count
    }

    func event(at position: Int) -> CodedEvent {
        columns.event(at: position, EventExtras(rows: columns.extras, table: extras), base: sequenceBase)
    }
}

extension EventColumns {
    func event(at position: Int, _ extras: EventExtras, base: UInt64) -> CodedEvent {
        let row = Int(extras.rows[position])
        return CodedEvent(
            timeMs: times[position], sequence: base + UInt64(sequences[position]), subject: subjects[position],
            decision: extras.table.decisions[row], minor: extras.table.minors[row], name: names[position],
            channel: channels[position], currency: extras.table.currencies[row])
    }
}

func union(_ a: ClosedRange<Int64>?, _ b: ClosedRange<Int64>?) -> ClosedRange<Int64>? {
    guard let a, let b else { return a ?? b }
    return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
}
