public import Base
public import Domain
import Synchronization

/// Every person's events in order of time, in columns in memory: a sealed generation and a small head of what came
/// since.
///
/// One thread appends, in journal order. Any thread reads: a reader takes references under a lock that is held for
/// microseconds, and then works on values that never change. All of it is derived from the journal and can be rebuilt.
public final class Timeline: Sendable {
    struct State: Sendable {
        var generation: Generation
        var head = Head()
        var counts: DictionaryCounts
        var sequenceEnd: UInt64
        var observedFrom: EventTime?
        var mergeFailure: TimelineError?
        var latest: TimelineSnapshot?  // The one made last, while nothing has changed.
    }

    private static let batchCount = 256  // Bounds how long `append` keeps readers waiting.

    public let options: TimelineOptions
    /// What who saved it noted of how its events were made; 0 where it was not loaded or nothing was noted.
    public let basis: UInt64
    let dictionaries: Dictionaries
    let properties: PropertyIndex
    let state: Mutex<State>
    let merging = Mutex<Void>(())  // Held through a merge, so that there is one at a time.

    public convenience init(options: TimelineOptions = TimelineOptions()) {
        let properties = PropertyIndex(options.properties)
        self.init(
            options: options, dictionaries: Dictionaries(), properties: properties, generation: .empty(properties))
    }

    init(
        options: TimelineOptions, dictionaries: Dictionaries, properties: PropertyIndex, generation: Generation,
        basis: UInt64 = 0, observedFrom: EventTime? = nil
    ) {
        self.properties = properties
        self.options = options
        self.basis = basis
        self.dictionaries = dictionaries
        state = Mutex(
            State(
                generation: generation, counts: generation.dictionaryCounts, sequenceEnd: generation.sequenceEnd,
                observedFrom: observedFrom))
    }

    /// The journal sequence up to which events are applied, exclusive.
    public var sequenceEnd: UInt64 { state.withLock { $0.sequenceEnd } }

    /// Events before it have left by their age; nil where none has.
    public var observedFrom: EventTime? { state.withLock { $0.observedFrom } }

    /// Why the last merge failed, and left all as it was; nil where it did not.
    public var mergeFailure: TimelineError? { state.withLock { $0.mergeFailure } }

    /// Adds events in journal order. Those before `sequenceEnd` are there already and are passed over, so that a
    /// replay may begin early; so are those that happened before `observedFrom`.
    ///
    /// - Precondition: One thread at a time; sequences ascend and stay below 2³².
    public func append(_ events: [(sequence: UInt64, event: Event)]) {
        let (sequenceEnd, observedFrom) = state.withLock { ($0.sequenceEnd, $0.observedFrom) }
        var rest = events.drop { $0.sequence < sequenceEnd }
        while let last = rest.prefix(Self.batchCount).last {
            var batch = rest.prefix(Self.batchCount)
            if let observedFrom { batch = batch.filter { $0.event.time >= observedFrom }[...] }
            rest = rest.dropFirst(Self.batchCount)
            precondition(last.sequence < UInt64(UInt32.max), "a timeline counts journal records with 32 bits")
            let (coded, cells, counts) = dictionaries.withTables { [batch] tables in
                var coded: [HeadEvent] = []
                var cells: [PropertyCell] = []
                coded.reserveCapacity(batch.count)
                for index in batch.indices {
                    let begin = cells.count
                    properties.cells(of: batch[index].event, texts: &tables.texts, into: &cells)
                    coded.append(tables.encode(batch[index].event, sequence: batch[index].sequence))
                    coded[coded.count - 1].cellCount = UInt8(cells.count - begin)
                }
                return (coded, cells, tables.counts)
            }
            state.withLock { state in
                state.latest = nil
                var begin = 0
                for event in coded {
                    let end = begin + Int(event.cellCount)
                    state.head.append(event, cells[begin..<end])
                    begin = end
                }
                state.counts = counts
                state.sequenceEnd = last.sequence + 1
            }
        }
    }

    /// The timeline as it is now: consistent, unchanging, and cheap to take.
    public func snapshot() -> TimelineSnapshot {
        state.withLock { state in
            if let latest = state.latest { return latest }
            let snapshot = TimelineSnapshot(
                generation: state.generation, head: state.head.frozen, counts: state.counts,
                sequenceEnd: state.sequenceEnd, dictionaries: dictionaries, properties: properties, options: options,
                observedFrom: state.observedFrom)
            state.latest = snapshot
            return snapshot
        }
    }

    /// A person's last events, newest first.
    ///
    /// - Complexity: O(events of the person in the head + countMax): microseconds, whatever the size of the timeline.
    public func recent(person: PersonID, countMax: Int) -> [TimelineEntry] {
        guard countMax > 0, let code = dictionaries.withTables({ $0.people.code(of: person.text) }) else { return [] }
        var (generation, newer) = state.withLock { ($0.generation, $0.head.events(of: code)) }
        newer.sort { ($0.timeMs, $0.sequence) > ($1.timeMs, $1.sequence) }
        let sealed = generation.range(of: Int(code))
        var position = sealed.upperBound
        var next = 0
        var events: [CodedEvent] = []
        while events.count < countMax {
            let isSealedLeft = position > sealed.lowerBound
            if next < newer.count,
                !isSealedLeft || newer[next].timeMs >= generation.columns.times[position - 1]
            {
                events.append(newer[next].coded)
                next += 1
            } else if isSealedLeft {
                position -= 1
                events.append(generation.event(at: position))
            } else {
                break
            }
        }
        return dictionaries.withTables { [events] tables in events.map(tables.entry) }
    }

    public var memory: TimelineMemory {
        let (generation, headBytes) = state.withLock { ($0.generation, $0.head.byteCount) }
        return TimelineMemory(
            events: generation.count,
            columnBytes: generation.columns.byteCount + generation.offsets.byteCount,
            sideTableBytes: generation.extras.byteCount,
            propertyBytes: generation.columns.properties.reduce(0) { $0 + $1.byteCount },
            dictionaryBytes: dictionaries.withTables { $0.byteCount }, headBytes: headBytes,
            mappedBytes: generation.mappedByteCount)
    }
}
