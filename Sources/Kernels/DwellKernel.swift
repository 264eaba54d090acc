/// How watch time is summed: over the gaps between signs of life, none for more than so much.
public struct DwellPlan: Sendable {
    /// Bits of a mask.
    static let enters: UInt32 = 1
    static let stays: UInt32 = 2
    static let leaves: UInt32 = 4

    let capMs: Int64
    let timesMs: Range<Int64>

    /// - Parameters:
    ///   - capMs: The most that one gap counts.
    ///   - timesMs: Events outside it are as if they had not been.
    public init(capMs: Int64, timesMs: Range<Int64>) {
        precondition(capMs >= 0, "a span of time")
        self.capMs = capMs
        self.timesMs = timesMs
    }
}

/// Sums over the people who were in one room, each there for w ms.
public struct DwellSums: Sendable, Equatable, BitwiseCopyable {
    public internal(set) var people = 0
    public internal(set) var watchMs = 0  // Σ w.
    public internal(set) var squares: Double = 0  // Σ w².

    public init() {}

    /// Adds what another pass over *other* people summed.
    public mutating func add(_ other: Self) {
        people += other.people
        watchMs += other.watchMs
        squares += other.squares
    }
}

/// Watch time as summed: by room, and of each person.
public struct DwellTally: Sendable {
    private struct Own: BitwiseCopyable {
        var watchMs = 0
        var lastMs: Int64 = 0
        var isOpen = false
        var isTouched = false
    }

    public private(set) var byRoom: [DwellSums]
    public private(set) var watchesMs: [Int64] = []  // Of each person who was in a room, in all rooms together.
    private var own: [Own]
    private var touched: [UInt32] = []  // Rooms of the current person.

    public init(roomCount: Int) {
        byRoom = [DwellSums](repeating: DwellSums(), count: roomCount)
        own = [Own](repeating: Own(), count: roomCount)
    }

    /// A gap counts that ends with a heartbeat or with leaving; one that ends with entering was an absence.
    @inline(__always)
    mutating func add(_ plan: DwellPlan, room: Int, timeMs: Int64, mask: UInt32) {
        if !own[room].isTouched {
            own[room].isTouched = true
            touched.append(UInt32(truncatingIfNeeded: room))
        }
        if own[room].isOpen && mask & DwellPlan.enters == 0 {
            own[room].watchMs &+= Int(min(timeMs &- own[room].lastMs, plan.capMs))
        }
        own[room].isOpen = mask & DwellPlan.leaves == 0
        own[room].lastMs = timeMs
    }

    /// The next event is another person's.
    @inline(__always)
    mutating func endPerson() {
        guard !touched.isEmpty else { return }
        var whole = 0
        for room in touched {
            let watchMs = own[Int(room)].watchMs
            byRoom[Int(room)].people &+= 1
            byRoom[Int(room)].watchMs &+= watchMs
            byRoom[Int(room)].squares += Double(watchMs) * Double(watchMs)
            own[Int(room)] = Own()
            whole &+= watchMs
        }
        watchesMs.append(Int64(whole))
        touched.removeAll(keepingCapacity: true)
    }

    /// Adds what *other* people watched.
    public mutating func add(_ other: Self) {
        for room in byRoom.indices { byRoom[room].add(other.byRoom[room]) }
        watchesMs += other.watchesMs
    }
}

/// Sums how long people were in rooms: over each one's gaps between entering, heartbeats and leaving a room.
///
/// - Parameters:
///   - people: The rows of `offsets` to visit.
///   - skipped: A bit for each row that is passed over; as short as its last one.
///   - offsets: Shape `[people + 1]`; person p has the events `offsets[p]..<offsets[p + 1]`, in order of time.
///   - times, subjects: Shape `[events]`.
///   - masks: Shape `[events]`: bit 0 where someone enters, bit 1 for a heartbeat, bit 2 where they leave.
///   - rooms: Shape `[subjects]`: the room's number below that of the tally's rooms, `UInt32.max` for no room.
///   - tally: Added to; the same person must not be visited twice.
/// - Complexity: O(events) time, no allocation but where the tally grows.
public func sumDwell(
    _ plan: DwellPlan, people: Range<Int>, skipped: Span<UInt64>, offsets: Span<UInt32>, times: Span<Int64>,
    subjects: Span<UInt32>, masks: Span<UInt32>, rooms: Span<UInt32>, into tally: inout DwellTally
) {
    precondition(people.lowerBound >= 0 && people.upperBound < max(offsets.count, 1), "each person has two offsets")
    precondition(masks.count == times.count && subjects.count == times.count, "the shapes agree")
    for person in people where !isSet(person, in: skipped) {
        let begin = unsafe Int(offsets[unchecked: person])
        let end = unsafe Int(offsets[unchecked: person &+ 1])
        precondition(begin <= end && end <= times.count, "offsets ascend and stay within the columns")
        for i in begin..<end where unsafe masks[unchecked: i] & 7 != 0 {
            let room = rooms[unsafe Int(subjects[unchecked: i])]
            guard room != UInt32.max, unsafe plan.timesMs.contains(times[unchecked: i]) else { continue }
            unsafe tally.add(plan, room: Int(room), timeMs: times[unchecked: i], mask: masks[unchecked: i])
        }
        tally.endPerson()
    }
}
