import Base
import Domain

/// Endless made-up events about so many products and people: event i is the same in every run.
struct SmallShop {
    let itemCount: Int
    let personCount: Int
    var start = EventTime(clampingUnixMs: 1_767_225_600_000)  // 2026-01-01.
    private static let names: [EventName] = [.productExposure, .productExposure, .productClick, .productPurchased]
    private static let gap = Milliseconds.seconds(5)

    func time(_ index: Int) -> EventTime { start.advanced(by: Milliseconds(Self.gap.count * Int64(index))) }

    func person(_ index: Int) -> PersonID {
        PersonID(validated: "person-\(SeededGenerator.mix(UInt64(index)) % UInt64(personCount))")
    }

    /// Few products make most of the events, and each has its turn.
    private func item(_ index: Int) -> Int {
        let bits = SeededGenerator.mix(UInt64(index) &+ 1 << 40)
        let share = Double(bits >> 11) / Double(1 << 53)
        return bits & 1 == 0 ? Int(Double(itemCount) * share * share * share) : index % itemCount
    }

    func event(_ index: Int) -> Event {
        let name = Self.names[Int(SeededGenerator.mix(UInt64(index) &+ 1 << 41) % UInt64(Self.names.count))]
        return Event(
            id: EventID(validated: "event-\(index)"), source: SourceName(validated: "bench"), person: person(index),
            name: name, channel: Channel(validated: "shop"), time: time(index), receivedAt: time(index),
            subject: Subject(kind: .product, id: String(item(index))))
    }

    func catalogItem(_ subject: Subject) -> CatalogItem? {
        guard let number = Int(subject.id) else { return nil }
        return CatalogItem(
            subject: subject, title: "Product \(number)", category: "category \(number % 40)", brand: "b\(number % 200)"
        )
    }
}
