public import Base
public import Domain
import Synchronization

/// A timeline as it was at one moment. Queries run on the caller's thread, and over large timelines on others beside
/// it: call them where blocking is allowed.
public final class TimelineSnapshot: Sendable {
    public let sequenceEnd: UInt64  // Journal records before this one are in it.
    /// Events before it have left the timeline by their age; nil where none has.
    public let observedFrom: EventTime?
    let generation: Generation
    let counts: DictionaryCounts
    let dictionaries: Dictionaries
    let properties: PropertyIndex
    let options: TimelineOptions
    let merges: PersonMerges
    public let budget: QueryBudget?
    let chosen: ChosenPeople?  // Nil for everybody.
    private let head: FrozenHead
    private let newerMade: NewerMade
    private let mergedMade = Mutex<MergedRows?>(nil)

    init(
        generation: Generation, head: FrozenHead, counts: DictionaryCounts, sequenceEnd: UInt64,
        dictionaries: Dictionaries, properties: PropertyIndex, options: TimelineOptions, observedFrom: EventTime? = nil
    ) {
        self.observedFrom = observedFrom
        self.properties = properties
        self.generation = generation
        self.head = head
        self.counts = counts
        self.sequenceEnd = sequenceEnd
        self.dictionaries = dictionaries
        self.options = options
        merges = .none
        budget = nil
        chosen = nil
        newerMade = NewerMade()
    }

    private init(
        _ snapshot: TimelineSnapshot, merging merges: PersonMerges, within budget: QueryBudget?,
        choosing chosen: ChosenPeople? = nil
    ) {
        sequenceEnd = snapshot.sequenceEnd
        observedFrom = snapshot.observedFrom
        generation = snapshot.generation
        head = snapshot.head
        counts = snapshot.counts
        dictionaries = snapshot.dictionaries
        properties = snapshot.properties
        options = snapshot.options
        newerMade = snapshot.newerMade
        self.merges = merges
        self.budget = budget
        self.chosen = chosen
    }

    /// The same moment, where the ids of one person are one to everything that counts, finds or lists people. What asks
    /// about ids (`entries(of:)`, `summary(of:)`) answers as before.
    ///
    /// - Parameter merges: Of this timeline; everybody is meant again.
    public func merging(_ merges: PersonMerges) -> TimelineSnapshot {
        TimelineSnapshot(self, merging: merges, within: budget)
    }

    /// The same moment, whose queries stop where the budget is spent.
    public func within(_ budget: QueryBudget) -> TimelineSnapshot {
        TimelineSnapshot(self, merging: merges, within: budget, choosing: chosen).sharing(mergedMade)
    }

    /// The same moment, whose queries are about these people alone.
    func choosing(_ chosen: ChosenPeople?) -> TimelineSnapshot {
        TimelineSnapshot(self, merging: merges, within: budget, choosing: chosen).sharing(mergedMade)
    }

    private func sharing(_ mergedMade: borrowing Mutex<MergedRows?>) -> TimelineSnapshot {
        let made = mergedMade.withLock { $0 }
        self.mergedMade.withLock { $0 = made }
        return self
    }

    /// Tells this state of this timeline from every other, until the process ends.
    public var stateMark: String {
        String(dictionaries.mark, radix: 36) + "." + String(sequenceEnd, radix: 36)
            + (observedFrom.map { "." + String($0.unixMs, radix: 36) } ?? "")
    }

    /// Made by the first query that needs it, and kept.
    var newer: NewerEvents {
        newerMade.value.withLock { made in
            if let made { return made }
            let newer = NewerEvents(head, base: generation.sequenceBase, properties)
            made = newer
            return newer
        }
    }

    /// Made by the first query that needs it, and kept.
    var merged: MergedRows {
        mergedMade.withLock { made in
            if let made { return made }
            let rows = MergedRows(merges, generation, newer, personCount: counts.people)
            made = rows
            return rows
        }
    }

    /// Everybody whom queries are about, each counted once.
    public var peopleCount: Int { chosen?.count ?? counts.people - merged.idSurplus }

    public var eventCount: Int { generation.count + newer.count }

    /// The times of the first and the last event; nil without events.
    public var times: ClosedRange<EventTime>? {
        union(generation.timesMs, newer.timesMs).map {
            EventTime(clampingUnixMs: $0.lowerBound)...EventTime(clampingUnixMs: $0.upperBound)
        }
    }

    /// The time of the last event that is not after `end`: a wrong clock may put some into the time to come. Nil where
    /// there is none.
    ///
    /// - Complexity: O(1) unless events lie behind `end`, then O(events).
    public func latestTime(until end: EventTime) -> EventTime? {
        guard let times, times.upperBound > end else { return times?.upperBound }
        let found = [generation.columns.times, newer.columns.times].compactMap { times in
            times.lazy.filter { $0 <= end.unixMs }.max()
        }
        return found.max().map { EventTime(clampingUnixMs: $0) }
    }

    /// The names that occur, in order of text.
    public var names: [EventName] {
        dictionaries.withTables { tables in
            (0..<counts.names).map { EventName(validated: tables.names.text(of: UInt32($0))) }
        }.sorted()
    }

    /// The channels that occur, in order of text.
    public var channels: [Channel] {
        dictionaries.withTables { tables in
            (0..<counts.channels).map { Channel(validated: tables.channels.text(of: UInt32($0))) }
        }.sorted()
    }

    // MARK: Codes

    /// Whom the id of this code stands for: itself unless it is merged.
    func person(of code: UInt32) -> PersonID { dictionaries.withTables { person(of: code, $0) } }

    func person(of code: UInt32, _ tables: Dictionaries.Tables) -> PersonID {
        merges.group(of: code)?.person ?? PersonID(validated: tables.people.text(of: code))
    }

    /// Itself unless it is merged, or not known.
    public func person(standingFor id: PersonID) -> PersonID { code(of: id).map { person(of: $0) } ?? id }

    func code(of person: PersonID) -> UInt32? {
        dictionaries.withTables { $0.people.code(of: person.text) }.flatMap { $0 < counts.people ? $0 : nil }
    }

    func code(of name: EventName) -> UInt16? {
        dictionaries.withTables { $0.names.code(of: name.text) }.flatMap { $0 < counts.names ? UInt16($0) : nil }
    }

    func code(of channel: Channel) -> UInt8? {
        dictionaries.withTables { $0.channels.code(of: channel.text) }.flatMap {
            $0 < counts.channels ? UInt8($0) : nil
        }
    }
}

/// Shared by the snapshots of one moment.
private final class NewerMade: Sendable {
    let value = Mutex<NewerEvents?>(nil)
}
