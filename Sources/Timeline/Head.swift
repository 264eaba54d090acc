import Kernels

/// An event that came after the sealed generation was made.
struct HeadEvent: Sendable {
    var timeMs: Int64
    var sequence: UInt64
    var previous = Head.none  // The person's event before this one in order of arrival.
    var minor: Int64
    var person: UInt32
    var subject: UInt32
    var decision: UInt32
    var name: UInt16
    var channel: UInt8
    var currency: UInt8
    var cellCount: UInt8 = 0  // What it has of the indexed properties,
    var cellsBegin = 0  // and where that begins among the cells of its chunk, or of a sorted head.

    init(
        timeMs: Int64, sequence: UInt64, person: UInt32, subject: UInt32, decision: UInt32, minor: Int64, name: UInt16,
        channel: UInt8, currency: UInt8
    ) {
        self.timeMs = timeMs
        self.sequence = sequence
        self.person = person
        self.subject = subject
        self.decision = decision
        self.minor = minor
        self.name = name
        self.channel = channel
        self.currency = currency
    }

    var coded: CodedEvent {
        CodedEvent(
            timeMs: timeMs, sequence: sequence, subject: subject, decision: decision, minor: minor, name: name,
            channel: channel, currency: currency)
    }
}

/// The newest events in order of arrival, linked for each person.
///
/// Chunks are small so that a copy for a snapshot costs the writer at most one chunk. Positions count from the first
/// event ever and never come back, so that merging moves no link.
struct Head: Sendable {
    static let none = -1
    static let chunkCount = 2048

    private(set) var chunks: [[HeadEvent]] = []
    private var cells: [[PropertyCell]] = []  // Of the events of each chunk.
    private var chunksBegin = 0  // Position of the first event of the first chunk.
    private(set) var begin = 0  // Of the first event that is not merged yet.
    private(set) var end = 0
    private var lastByPerson: [Int] = []

    var count: Int { end - begin }
    var byteCount: Int {
        chunks.reduce(0) { $0 + $1.capacity } * MemoryLayout<HeadEvent>.stride + lastByPerson.capacity * 8
            + cells.reduce(0) { $0 + $1.capacity } * MemoryLayout<PropertyCell>.stride
    }

    private subscript(position: Int) -> HeadEvent {
        chunks[(position - chunksBegin) / Self.chunkCount][(position - chunksBegin) % Self.chunkCount]
    }

    mutating func append(_ event: HeadEvent, _ eventCells: ArraySlice<PropertyCell>) {
        var event = event
        let person = Int(event.person)
        while lastByPerson.count <= person { lastByPerson.append(Self.none) }
        event.previous = lastByPerson[person]
        lastByPerson[person] = end
        if (end - chunksBegin) % Self.chunkCount == 0 {
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(Self.chunkCount)
            cells.append([])
        }
        event.cellsBegin = cells[cells.count - 1].count
        cells[cells.count - 1] += eventCells
        chunks[chunks.count - 1].append(event)
        end += 1
    }

    /// A person's events, the last to arrive first.
    func events(of person: UInt32) -> [HeadEvent] {
        var events: [HeadEvent] = []
        var position = Int(person) < lastByPerson.count ? lastByPerson[Int(person)] : Self.none
        while position >= begin {
            let event = self[position]
            events.append(event)
            position = event.previous
        }
        return events
    }

    /// Forgets what has been merged: the events before `position`.
    mutating func drop(before position: Int) {
        begin = position
        let whole = min((position - chunksBegin) / Self.chunkCount, chunks.count)
        chunks.removeFirst(whole)
        cells.removeFirst(whole)
        chunksBegin += whole * Self.chunkCount
    }

    /// The events not merged yet, sorted by person, time and sequence, without the cost of the links.
    var frozen: FrozenHead { FrozenHead(chunks: chunks, cells: cells, skipped: begin - chunksBegin, end: end) }
}

/// The head as it was at one moment.
struct FrozenHead: Sendable {
    private let chunks: [[HeadEvent]]
    private let cells: [[PropertyCell]]
    private let skipped: Int
    let end: Int  // The position that `Head.drop(before:)` takes once these are merged.

    init(chunks: [[HeadEvent]], cells: [[PropertyCell]], skipped: Int, end: Int) {
        self.chunks = chunks
        self.cells = cells
        self.skipped = skipped
        self.end = end
    }

    /// - Complexity: O(n) where each person's events come in order of time, else O(n log n).
    var sorted: SortedHead {
        var events: [HeadEvent] = []
        events.reserveCapacity(chunks.reduce(0) { $0 + $1.count })
        var cellsBegin = 0
        for (chunk, chunkCells) in zip(chunks, cells) {
            let first = events.count
            events += chunk
            if !chunkCells.isEmpty { for i in first..<events.count { events[i].cellsBegin += cellsBegin } }
            cellsBegin += chunkCells.count
        }
        return SortedHead(events: Self.sorted(events.dropFirst(skipped)), cells: Array(cells.joined()))
    }

    /// By person, then by time; what comes at one time stays in order of arrival, which is that of sequences.
    private static func sorted(_ events: ArraySlice<HeadEvent>) -> [HeadEvent] {
        var places = events.indices.map { Int64(events[$0].person) << 32 | Int64($0) }
        sortAscending(&places, fromBit: 32)
        var sorted = places.map { events[Int($0 & 0xFFFF_FFFF)] }
        var begin = 0
        while begin < sorted.count {
            let person = sorted[begin].person
            var (end, isInOrder) = (begin + 1, true)
            while end < sorted.count, sorted[end].person == person {
                isInOrder = isInOrder && sorted[end - 1].timeMs <= sorted[end].timeMs
                end += 1
            }
            if !isInOrder {
                sorted[begin..<end].sort { ($0.timeMs, $0.sequence) < ($1.timeMs, $1.sequence) }
            }
            begin = end
        }
        return sorted
    }
}

/// Newer events sorted by person, time and sequence.
struct SortedHead: Sendable {
    let events: [HeadEvent]
    private let cells: [PropertyCell]

    init(events: [HeadEvent], cells: [PropertyCell]) {
        self.events = events
        self.cells = cells
    }

    var isEmpty: Bool { events.isEmpty }
    var count: Int { events.count }

    /// At most so many are added to the columns of a generation, new people and the bits of properties apart.
    var byteCount: Int { events.count * MemoryLayout<HeadEvent>.stride + cells.count * 12 }

    func cells(of event: HeadEvent) -> ArraySlice<PropertyCell> {
        cells[event.cellsBegin..<event.cellsBegin + Int(event.cellCount)]
    }

    /// Calls `body` for each person with the slice of their events.
    func forEachPerson(_ body: (Int, ArraySlice<HeadEvent>) -> Void) {
        var begin = 0
        while begin < count {
            let person = events[begin].person
            var end = begin + 1
            while end < count, events[end].person == person { end += 1 }
            body(Int(person), events[begin..<end])
            begin = end
        }
    }

    var timesMs: ClosedRange<Int64>? {
        guard var least = events.first?.timeMs else { return nil }
        var most = least
        for event in events {
            least = min(least, event.timeMs)
            most = max(most, event.timeMs)
        }
        return least...most
    }
}
