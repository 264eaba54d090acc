import Base
import Domain
import Kernels

/// Which group an event that begins a chain belongs to.
struct FunnelGrouping: Sendable {
    private enum Kind: Sendable {
        case code(SegmentColumns.Source)
        case minute(Int64)  // Since that time.
        case pinned(PinnedProducts)
    }

    private let kind: Kind

    init(_ breakdown: FunnelQuery.Breakdown, _ snapshot: TimelineSnapshot, _ start: EventTime?) {
        switch breakdown {
        case .dimension(let dimension): kind = .code(snapshot.source(dimension))
        case .minute: kind = .minute(start?.unixMs ?? 0)
        case .pinnedProduct: kind = .pinned(PinnedProducts(snapshot))
        }
    }

    /// Whether groups have an order of their own.
    var isInOrder: Bool { if case .minute = kind { true } else { false } }

    func group(of event: Int, _ rows: PersonRows) -> UInt32 {
        switch kind {
        case .code(let source): source.code(of: event, rows)
        case .minute(let startMs): UInt32(clamping: (rows.columns.times[event] - startMs) / 60_000)
        case .pinned(let pinned): pinned.product(at: event, rows)
        }
    }

    func key(_ group: UInt32, _ snapshot: TimelineSnapshot) -> SegmentationResult.Key {
        switch kind {
        case .code(let source): snapshot.key(group, source)
        case .minute: .text(String(group))
        case .pinned: snapshot.key(group, .subject)
        }
    }
}

extension SegmentColumns.Source {
    /// Of one event, as in the codes of many.
    func code(of event: Int, _ rows: PersonRows) -> UInt32 {
        switch self {
        case .name: UInt32(rows.columns.names[event])
        case .channel: UInt32(rows.columns.channels[event])
        case .subject: rows.columns.subjects[event]
        case .property(let number): rows.property(number).code(event).map { $0 + 1 } ?? 0
        case .nothing: 0
        }
    }
}

/// Which product was pinned in which room when, by the events `product_pinned`: their subject is the product, and their
/// property `room` the room.
struct PinnedProducts: Sendable {
    private struct Pin: Sendable {
        let timeMs: Int64
        let product: UInt32  // Subject code.
    }

    private let pinsByRoom: [UInt32: [Pin]]  // By text code of the room, in order of time.
    private let roomBySubject: [UInt32: UInt32]  // Text code of the room that a subject is.
    private let room: SegmentColumns.Source

    init(_ snapshot: TimelineSnapshot) {
        let room = snapshot.source(SegmentationQuery.Dimension.property(PropertyName(validated: "room")))
        let found = snapshot.choosing(nil).scan(  // Whoever pinned it.
            matching: [EventFilter(name: EventName(validated: "product_pinned"), subjectKind: .product)],
            start: { [(room: UInt32, pin: Pin)]() },
            visit: { found, piece in
                for i in piece.masks.indices where piece.masks[i] & 1 != 0 {
                    let event = piece.position(i)
                    let pin = Pin(timeMs: piece.columns.times[event], product: piece.columns.subjects[event])
                    found.append((room.code(of: event, piece.rows), pin))
                }
            }
        ).joined().filter { $0.room != 0 }
        self.room = room
        pinsByRoom = Dictionary(grouping: found, by: \.room).mapValues { pins in
            pins.map(\.pin).sorted { $0.timeMs < $1.timeMs }
        }
        roomBySubject = snapshot.dictionaries.withTables { [pinsByRoom] tables in
            var rooms: [UInt32: UInt32] = [:]
            for code in pinsByRoom.keys {
                let subject = Subject(kind: .room, id: tables.texts.text(of: code - 1))
                if let subject, let known = tables.code(of: subject) { rooms[known] = code }
            }
            return rooms
        }
    }

    /// The subject code of the product that was pinned in the event's room at its time; 0 for none.
    func product(at event: Int, _ rows: PersonRows) -> UInt32 {
        let (named, columns) = (room.code(of: event, rows), rows.columns)
        let place = named != 0 ? named : roomBySubject[columns.subjects[event]] ?? 0
        guard let pins = pinsByRoom[place] else { return 0 }
        var (low, high) = (0, pins.count)
        while low < high {
            let middle = (low + high) / 2
            if pins[middle].timeMs <= columns.times[event] { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : pins[low - 1].product
    }
}
