import Base

/// Which order: its number, and the source that speaks of it.
///
/// Two shops may give two orders the same number, so a number means something only beside its source. Who wants an
/// export and a live feed to speak of the same orders gives both the same source.
public struct OrderKey: Hashable, Sendable, Comparable {
    public let source: SourceName
    public let id: String  // As in `order:ID`.

    public init(source: SourceName, id: String) {
        self.source = source
        self.id = id
    }

    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.source, lhs.id) < (rhs.source, rhs.id) }
}

extension OrderKey {
    /// The order that an event tells of: its subject `order:ID`, else its property `order_id` or `order`. An event of
    /// an order without a number is an order of its own, known by the event's id, so that what was paid still counts.
    public init(_ event: Event) {
        let named = [event.properties["order_id"], event.properties["order"]].lazy.compactMap { json -> String? in
            json?.stringValue ?? json?.intValue.map { String($0) }
        }
        let subject = event.subject.flatMap { $0.kind == .order ? $0.id : nil }
        let id = subject ?? named.first { Subject(kind: .order, id: $0) != nil } ?? event.id.text
        self.init(source: event.source, id: id)
    }
}
