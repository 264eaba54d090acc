import Kernels

/// Finds the people for whom all of some counts of names are as wanted, in memory that is used again.
struct CountedAudience: Sendable {
    private(set) var found: [UInt32] = []  // Codes of members.
    private let conditions: [AudienceCondition]
    private var bits: [UInt8] = []  // Of the events of one name.
    private var ranks: [UInt32] = []
    private var wanted: [UInt8] = []  // Shape [people].

    init(_ conditions: [AudienceCondition]) { self.conditions = conditions }

    mutating func visit(_ people: Range<Int>, of rows: PersonRows) {
        wanted.removeAll(keepingCapacity: true)
        wanted.append(contentsOf: repeatElement(1, count: people.count))
        for condition in conditions { keep(condition, people, rows) }
        for (number, row) in people.enumerated() where wanted[number] != 0 && !isSet(row, in: rows.skipped.span) {
            found.append(rows.firstCode(row))
        }
    }

    private mutating func keep(_ condition: AudienceCondition, _ people: Range<Int>, _ rows: PersonRows) {
        let events = Int(rows.offsets[people.lowerBound])..<Int(rows.offsets[people.upperBound])
        let name = [condition.name]
        resize(&bits, events.count / 8 + 1, 0)
        var bitSpan = bits.mutableSpan
        findNames(name.span, in: rows.columns.names.span.extracting(events), into: &bitSpan)
        let bits = bits
        resize(&ranks, bits.count, 0)
        var rankSpan = ranks.mutableSpan
        _ = rankEvents(bits.span, into: &rankSpan)
        let ranks = ranks
        var wantedSpan = wanted.mutableSpan
        keepPeople(
            condition, offsets: rows.offsets.span.extracting(people.lowerBound..<people.upperBound + 1),
            found: bits.span, ranks: ranks.span, in: &wantedSpan)
    }
}
