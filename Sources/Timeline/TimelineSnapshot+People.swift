public import Base
public import Domain
import Kernels

/// A person's history in numbers.
public struct PersonSummary: Sendable, Equatable {
    public let person: PersonID
    public let events: Int
    public let times: ClosedRange<EventTime>?  // First and last event.
    public let counts: [EventName: Int]
    public let values: [EventName: [ValueSum]]  // Names with values only, by currency code.
}

extension PersonSummary {
    /// Of someone without events.
    public init(person: PersonID) { self.init(person: person, events: 0, times: nil, counts: [:], values: [:]) }
}

extension PersonSummary {
    fileprivate func adding(_ other: PersonSummary) -> PersonSummary {
        let values = values.merging(other.values) { mine, theirs in
            Dictionary(grouping: mine + theirs, by: \.currency).map { currency, sums in
                ValueSum(minor: sums.reduce(0) { $0 + $1.minor }, currency: currency)
            }.sorted { $0.currency.code < $1.currency.code }
        }
        let times =
            if let mine = self.times, let theirs = other.times {
                min(mine.lowerBound, theirs.lowerBound)...max(mine.upperBound, theirs.upperBound)
            } else { self.times ?? other.times }
        return PersonSummary(
            person: person, events: events + other.events, times: times,
            counts: counts.merging(other.counts, uniquingKeysWith: +),
            values: values)
    }
}

public struct PeoplePage: Sendable, Equatable {
    public let people: [PersonSummary]
    public let next: Int?  // Pass as `after` for the next page; nil at the end.
    public let total: Int  // People who have an id that begins with the prefix, on all pages.
}

extension TimelineSnapshot {
    /// A person's events, newest first, those before `cursor` only.
    ///
    /// - Complexity: O(log n + countMax); O(events of the person) where some of them are newer than the last merge.
    public func entries(
        of person: PersonID, before cursor: TimelineCursor? = nil, countMax: Int
    ) -> [TimelineEntry] {
        guard countMax > 0, let code = code(of: person) else { return [] }
        let history = history(of: code)
        var end = history.range.upperBound
        if let cursor { end = history.firstPosition(from: cursor) }
        let begin = max(history.range.lowerBound, end - min(countMax, end))
        let events = (begin..<end).reversed().map { history.event(at: $0) }
        return dictionaries.withTables { tables in events.map(tables.entry) }
    }

    /// The events of several ids as one timeline, as `entries(of:before:countMax:)` of each.
    public func entries(
        of people: [PersonID], before cursor: TimelineCursor? = nil, countMax: Int
    ) -> [TimelineEntry] {
        let all = people.flatMap { entries(of: $0, before: cursor, countMax: countMax) }
        return Array(all.sorted { $0.cursor > $1.cursor }.prefix(max(0, countMax)))
    }

    /// What the events of some ids have of indexed properties that are texts, by their places in the journal.
    ///
    /// - Returns: For each event that has any, a text or nil for each of `names`.
    /// - Complexity: O(events of these ids).
    public func texts(of people: [PersonID], in names: [PropertyName]) -> [UInt64: [String?]] {
        let columns = names.map { name in
            properties.properties.firstIndex { $0.name == name }.map {
                PropertyIndex.column(property: $0, kind: .text)
            }
        }
        var codes: [UInt64: [UInt32?]] = [:]
        for history in people.compactMap({ code(of: $0) }).map({ history(of: $0) }) {
            for position in history.range {
                let found = columns.map { $0.flatMap { history.columns.properties[$0].code(position) } }
                guard found.contains(where: { $0 != nil }) else { continue }
                codes[history.base + UInt64(history.columns.sequences[position])] = found
            }
        }
        return dictionaries.withTables { [codes] tables in
            codes.mapValues { found in found.map { code in code.map { tables.texts.text(of: $0) } } }
        }
    }

    /// Nil for an unknown person.
    public func summary(of person: PersonID) -> PersonSummary? {
        guard let summary = code(of: person).map({ summary(of: $0, person) }), summary.events > 0 else { return nil }
        return summary
    }

    /// The histories of several ids as one, under the first of them that is given; nil where all are unknown.
    public func summary(of people: [PersonID], as person: PersonID) -> PersonSummary? {
        let known = people.compactMap { summary(of: $0) }
        guard !known.isEmpty else { return nil }
        return known.reduce(
            PersonSummary(person: person, events: 0, times: nil, counts: [:], values: [:])
        ) { $0.adding($1) }
    }

    /// People who have an id that begins with `prefix`, in the order in which the first such id came to the timeline.
    /// Each has the history of all their ids.
    ///
    /// - Complexity: O(people).
    public func people(prefix: String = "", after: Int? = nil, countMax: Int) -> PeoplePage {
        let wanted = Array(prefix.utf8)
        var total = 0
        var codes: [UInt32] = []
        var merged: Set<PersonID> = []
        let hasEvents = { @Sendable [newer, generation] (code: Int) in
            !generation.isWithoutEvents(code) || newer.row(of: UInt32(code)) != nil
        }
        for begin in stride(from: 0, to: counts.people, by: 4096) {  // The writer waits for one slice.
            let slice = dictionaries.withTables { [counts] tables in
                (begin..<min(begin + 4096, counts.people)).compactMap { code -> UInt32? in
                    let text = tables.people.bytes[tables.people.range(of: UInt32(code))]
                    return text.starts(with: wanted) && hasEvents(code) ? UInt32(code) : nil
                }
            }
            let firsts = slice.filter { code in merges.group(of: code).map { merged.insert($0.person).inserted } ?? true
            }
            total += firsts.count
            if codes.count <= countMax { codes += firsts.filter { Int($0) > after ?? -1 } }
        }
        let page = codes.prefix(max(0, countMax))
        let people = page.map { code in
            let person = person(of: code)
            let ids = merges.group(of: code)?.codes.filter { $0 < counts.people } ?? [code]
            return ids.dropFirst().reduce(summary(of: ids[0], person)) { $0.adding(summary(of: $1, person)) }
        }
        return PeoplePage(people: people, next: codes.count > page.count ? page.last.map(Int.init) : nil, total: total)
    }

    private func summary(of code: UInt32, _ person: PersonID) -> PersonSummary {
        let history = history(of: code)
        var countByCode: [UInt16: Int] = [:]
        var sumByCode: [UInt16: [UInt8: Int64]] = [:]
        for position in history.range {
            let event = history.event(at: position)
            countByCode[event.name, default: 0] += 1
            if event.currency != 0 {
                let sum = sumByCode[event.name]?[event.currency] ?? 0
                sumByCode[event.name, default: [:]][event.currency] = clampedSum(sum, event.minor)
            }
        }
        let range = history.range
        let times = range.isEmpty ? nil : history.time(at: range.lowerBound)...history.time(at: range.upperBound - 1)
        return dictionaries.withTables { [countByCode, sumByCode] tables in
            func name(_ code: UInt16) -> EventName { EventName(validated: tables.names.text(of: UInt32(code))) }
            func sums(_ sums: [UInt8: Int64]) -> [ValueSum] {
                sums.compactMap { code, minor in tables.currency(of: code).map { ValueSum(minor: minor, currency: $0) }
                }
                .sorted { $0.currency.code < $1.currency.code }
            }
            return PersonSummary(
                person: person, events: range.count, times: times,
                counts: Dictionary(uniqueKeysWithValues: countByCode.map { (name($0), $1) }),
                values: Dictionary(uniqueKeysWithValues: sumByCode.map { (name($0), sums($1)) }))
        }
    }

    /// Where the events of an id are in the journal, in order of their times.
    func sequences(of code: UInt32) -> [UInt64] {
        let history = history(of: code)
        return history.range.map { history.base + UInt64(history.columns.sequences[$0]) }
    }

    private func history(of code: UInt32) -> History {
        guard let row = newer.row(of: code) else {
            return History(
                columns: generation.columns, extras: generation.extras, range: generation.range(of: Int(code)),
                base: generation.sequenceBase)
        }
        var joined = JoinedPeople(generation, newer)
        _ = joined.fill(row..<row + 1, eventCount: 1)
        let (columns, extras) = joined.whole
        return History(columns: columns, extras: extras, range: 0..<columns.count, base: generation.sequenceBase)
    }
}

/// One person's events, wherever they are.
private struct History {
    let columns: EventColumns
    let extras: ExtraTable
    let range: Range<Int>
    let base: UInt64

    func event(at position: Int) -> CodedEvent {
        columns.event(at: position, EventExtras(rows: columns.extras, table: extras), base: base)
    }

    func time(at position: Int) -> EventTime { EventTime(clampingUnixMs: columns.times[position]) }

    /// The first position that does not come before the cursor.
    func firstPosition(from cursor: TimelineCursor) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            let place = (columns.times[middle], base + UInt64(columns.sequences[middle]))
            if place < (cursor.time.unixMs, cursor.sequence) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
