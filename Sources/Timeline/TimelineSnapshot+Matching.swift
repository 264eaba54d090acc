import Kernels

/// People that stand side by side, and those of their events that a query looks at: what it visits at a time.
struct MatchedRows {
    let rows: PersonRows
    let people: Range<Int>  // From 0 on.
    let events: Range<Int>  // All of these people, in the columns.
    let count: Int  // Of the events.
    let positions: [UInt32]  // Where they lie in the columns: the first `count`.
    let offsets: [UInt32]  // Shape [people + 1]: the events of person p are offsets[p]..<offsets[p + 1].
    let skipped: [UInt64]  // A bit for each person who is visited elsewhere, with their other ids.
    let times: [Int64]  // Shape [count].
    let masks: [UInt32]  // Shape [count]: bit k is set where the event meets filter k.
    let first: Int  // Row of the first person.

    var columns: EventColumns { rows.columns }
    func position(_ event: Int) -> Int { Int(positions[event]) }
    /// What a column has of the events that are looked at.
    func listed<Element>(_ column: Column<Element>) -> [Element] { (0..<count).map { column[Int(positions[$0])] } }
    /// Of the person's ids, the first that came.
    func firstCode(_ person: Int) -> UInt32 { rows.firstCode(first + person) }
    /// Tells a person from all others of the timeline.
    func mark(_ person: Int) -> Int { rows.markBase + first + person }
}

extension TimelineSnapshot {
    /// Which events a query looks at.
    enum Looked {
        case matching  // Those that meet a filter, and maybe some that meet none.
        case every  // What lies between those that meet filters matters too.
    }

    /// Events that are matched at a time: what is found of them is read again from the cache.
    static let matchedCount = 32_768

    /// As `scan(start:visit:)`, with the filters that each event meets.
    ///
    /// - Parameters:
    ///   - filters: At most `FilterTables.countMax`.
    ///   - codes: Those of whom one is meant; nil for everybody.
    func scan<Partial: Sendable>(
        matching filters: [EventFilter], looking looked: Looked = .matching, among codes: [UInt32]? = nil,
        start: @Sendable () -> Partial, visit: @Sendable (inout Partial, MatchedRows) -> Void
    ) -> [Partial] {
        let matcher = matcher(filters)
        return scan(
            among: codes, start: { Matching(partial: start(), looked: looked) },
            visit: { matching, rows in
                var first = rows.rows.lowerBound
                while first < rows.rows.upperBound {
                    let end = rows.end(from: first, eventCount: Self.matchedCount)
                    let matched = matching.match(first..<end, of: rows, matcher)
                    visit(&matching.partial, matched)
                    first = end
                }
            }
        ).map(\.partial)
    }
}

/// One thread's result, and memory that is used again from one piece to the next.
struct Matching<Partial: Sendable>: Sendable {
    var partial: Partial
    private let looked: TimelineSnapshot.Looked
    private var found: [UInt8] = []
    private var ranks: [UInt32] = []
    private var positions: [UInt32] = []
    private var offsets: [UInt32] = []
    private var times: [Int64] = []
    private var masks: [UInt32] = []

    init(partial: Partial, looked: TimelineSnapshot.Looked) {
        self.partial = partial
        self.looked = looked
    }

    mutating func match(_ people: Range<Int>, of rows: PersonRows, _ matcher: EventMatcher) -> MatchedRows {
        let events = Int(rows.offsets[people.lowerBound])..<Int(rows.offsets[people.upperBound])
        find(events, of: rows.columns, matcher)
        let count = list(from: events.lowerBound)
        cut(rows.offsets.span.extracting(people.lowerBound..<people.upperBound + 1))
        let positions = positions
        let listed = positions.span.extracting(0..<count)
        resize(&times, count, 0)
        var timeSpan = times.mutableSpan
        gatherTimes(rows.columns.times.span, at: listed, into: &timeSpan)
        resize(&masks, count, 0)
        let areFound = looked == .matching
        var maskSpan = masks.mutableSpan
        matcher.match(listed, areFound: areFound, of: rows, into: &maskSpan)
        return MatchedRows(
            rows: rows, people: 0..<people.count, events: events, count: count, positions: positions,
            offsets: offsets, skipped: rows.skipped.bits(people), times: times, masks: masks, first: people.lowerBound)
    }

    private mutating func find(_ events: Range<Int>, of columns: EventColumns, _ matcher: EventMatcher) {
        let looked = looked
        resize(&found, events.count / 8 + 1, 0)
        var span = found.mutableSpan
        switch looked {
        case .matching: matcher.tables.findNames(in: columns.names.span.extracting(events), into: &span)
        case .every: setBits(events.count, in: &span)
        }
    }

    /// Writes where the found events lie.
    private mutating func list(from first: Int) -> Int {
        let found = found
        resize(&ranks, found.count, 0)
        var rankSpan = ranks.mutableSpan
        let count = rankEvents(found.span, into: &rankSpan)
        let ranks = ranks
        if positions.count < found.count * 8 { resize(&positions, found.count * 8, 0) }
        var positionSpan = positions.mutableSpan
        listPositions(found.span, ranks: ranks.span, from: first, into: &positionSpan)
        return count
    }

    private mutating func cut(_ whole: Span<UInt32>) {
        let (found, ranks) = (found, ranks)
        resize(&offsets, whole.count, 0)
        var span = offsets.mutableSpan
        cutOffsets(whole, found: found.span, ranks: ranks.span, into: &span)
    }
}

/// Makes an array so long, in the memory that it has.
func resize<Element>(_ array: inout [Element], _ count: Int, _ element: Element) {
    if array.count > count {
        array.removeLast(array.count - count)
    } else {
        array.append(contentsOf: repeatElement(element, count: count - array.count))
    }
}

extension PersonRows {
    /// Where people from `first` on with about so many events end; at least one of them.
    func end(from first: Int, eventCount: Int) -> Int {
        let wanted = Int(offsets[first]) + eventCount
        var (low, high) = (first + 1, rows.upperBound)
        while low < high {
            let middle = (low + high + 1) / 2
            if Int(offsets[middle]) <= wanted { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
