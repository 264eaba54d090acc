public import Base
import Domain

/// How long people were in rooms, by the signs of life that they sent.
public struct DwellQuery: Sendable, Hashable {
    public static let roomCountMax = 1000
    /// Of coming, of being there, and of going.
    public static let signs = ["room_enter", "room_stay", "room_leave"].map {
        EventFilter(name: EventName(validated: $0), subjectKind: .room)
    }

    public let range: Range<EventTime>
    public let cap: Milliseconds
    public let roomCount: Int

    /// - Parameters:
    ///   - cap: The most that the gap between two signs counts.
    ///   - roomCount: Of rooms that are listed.
    public init(range: Range<EventTime>, cap: Milliseconds, roomCount: Int) {
        self.range = range
        self.cap = cap
        self.roomCount = min(max(0, roomCount), Self.roomCountMax)
    }
}

public struct DwellResult: Sendable, Equatable {
    public struct Room: Sendable, Equatable {
        public let id: String
        public let watchMs: RatioSums  // Per person.
    }

    public let watchesMs: [Double]  // Of each person who was in a room, in all rooms together.
    public let watchMs: RatioSums  // Per person.
    public let rooms: [Room]  // The most watched first.
    public let roomTotal: Int  // Rooms that somebody was in.
}
