public import Base
public import Domain
import Synchronization

/// A timeline as it was at one moment. Queries run on the caller's thread, and over large timelines on others beside
/// it: call them where blocking is allowed.
public final class TimelineSnapshot: Sendable {
    public let sequenceEnd: UInt64  // Journal records before this one are in it.
    let generation: Generation
    let counts: DictionaryCounts
    let dictionaries: Dictionaries
    let options: TimelineOptions
    private let head: FrozenHead
    private let overlayMade = Mutex<Overlay?>(nil)

    init(
        generation: Generation, head: FrozenHead, counts: DictionaryCounts, sequenceEnd: UInt64,
        dictionaries: Dictionaries, options: TimelineOptions
    ) {
        self.generation = generation
        self.head = head
        self.counts = counts
        self.sequenceEnd = sequenceEnd
        self.dictionaries = dictionaries
        self.options = options
    }

    /// Made by the first query that needs it, and kept.
    var overlay: Overlay {
        overlayMade.withLock { made in
            if let made { return made }
            let overlay = Overlay(generation, newer: head.sorted)
            made = overlay
            return overlay
        }
    }

    public var peopleCount: Int { counts.people }

    public var eventCount: Int {
        let overlay = overlay
        return overlay.people.reduce(generation.count + overlay.columns.count) {
            $0 - generation.range(of: Int($1)).count
        }
    }

    /// The times of the first and the last event; nil without events.
    public var times: ClosedRange<EventTime>? {
        union(generation.timesMs, overlay.timesMs).map {
            EventTime(clampingUnixMs: $0.lowerBound)...EventTime(clampingUnixMs: $0.upperBound)
        }
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
