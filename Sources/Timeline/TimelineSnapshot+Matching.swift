import Kernels

/// People that stand side by side, and which filters their events meet: what a query visits at a time.
struct MatchedRows {
    let rows: PersonRows
    let events: Range<Int>  // Of these people, in the columns.
    let offsets: [UInt32]  // Shape [people + 1]: the events of person p are offsets[p]..<offsets[p + 1], from 0 on.
    let skipped: [UInt64]  // A bit for each person who is visited elsewhere, with their other ids.
    let masks: [UInt32]  // Shape [events]: bit k is set where the event meets filter k.
    private let first: Int  // Row of the first person.

    fileprivate init(
        rows: PersonRows, first: Int, events: Range<Int>, offsets: [UInt32], skipped: [UInt64], masks: [UInt32]
    ) {
        self.rows = rows
        self.first = first
        self.events = events
        self.offsets = offsets
        self.skipped = skipped
        self.masks = masks
    }

    var columns: EventColumns { rows.columns }
    var people: Range<Int> { 0..<offsets.count - 1 }
    /// Of the person's ids, the first that came.
    func firstCode(_ person: Int) -> UInt32 { rows.firstCode(first + person) }
    /// Tells a person from all others of the timeline.
    func mark(_ person: Int) -> Int { rows.markBase + first + person }
}

extension TimelineSnapshot {
    /// Events that are matched at a time: their masks are read again from the cache.
    private static let matchedCount = 32_768

    /// As `scan(start:visit:)`, with the filters that each event meets.
    ///
    /// - Parameters:
    ///   - filters: At most `FilterTables.countMax`.
    ///   - codes: Those of whom one is meant; nil for everybody.
    func scan<Partial: Sendable>(
        matching filters: [EventFilter], among codes: [UInt32]? = nil, start: @Sendable () -> Partial,
        visit: @Sendable (inout Partial, MatchedRows) -> Void
    ) -> [Partial] {
        let matcher = matcher(filters)
        return scan(
            among: codes, start: { Matching(partial: start()) },
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
private struct Matching<Partial: Sendable>: Sendable {
    var partial: Partial
    private var masks: [UInt32] = []

    init(partial: Partial) { self.partial = partial }

    mutating func match(_ people: Range<Int>, of rows: PersonRows, _ matcher: EventMatcher) -> MatchedRows {
        let begin = rows.offsets[people.lowerBound]
        let events = Int(begin)..<Int(rows.offsets[people.upperBound])
        matcher.match(events, of: rows.columns, into: &masks)
        return MatchedRows(
            rows: rows, first: people.lowerBound, events: events,
            offsets: rows.offsets[people.lowerBound...people.upperBound].map { $0 - begin },
            skipped: rows.skipped(people), masks: masks)
    }
}

extension PersonRows {
    /// Where people from `first` on with about so many events end; at least one of them.
    fileprivate func end(from first: Int, eventCount: Int) -> Int {
        let wanted = Int(offsets[first]) + eventCount
        var (low, high) = (first + 1, rows.upperBound)
        while low < high {
            let middle = (low + high + 1) / 2
            if Int(offsets[middle]) <= wanted { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The bits of these rows, from 0 on.
    fileprivate func skipped(_ people: Range<Int>) -> [UInt64] {
        guard !skipped.isEmpty else { return [] }
        let shift = UInt64(people.lowerBound & 63)
        return (0..<(people.count + 63) / 64).map { number in
            let word = people.lowerBound >> 6 + number
            let low = word < skipped.count ? skipped[word] >> shift : 0
            guard shift > 0, word + 1 < skipped.count else { return low }
            return low | skipped[word + 1] << (64 - shift)
        }
    }
}
