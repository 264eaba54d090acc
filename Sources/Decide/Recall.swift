/// Where a candidate came from.
struct RecallSources: OptionSet, Sendable {
    let rawValue: UInt8
    static let requested = RecallSources(rawValue: 1)
    static let buyAgain = RecallSources(rawValue: 2)
    static let together = RecallSources(rawValue: 4)
    static let popular = RecallSources(rawValue: 8)
    static let newItem = RecallSources(rawValue: 16)

    /// By name, for the record of a decision.
    static let named: [(name: String, source: RecallSources)] = [
        ("requested", .requested), ("buy_again", .buyAgain), ("together", .together), ("popular", .popular),
        ("new_item", .newItem),
    ]
}

/// The union of what each source finds, in the order found, at most `countMax`.
struct Recall {
    private(set) var items: [Int32] = []
    private(set) var sources: [RecallSources] = []
    private var positions: [Int32: Int] = [:]
    private let countMax: Int

    static let newItemCountMax = 10

    /// Shares of `countMax`: 55% bought before, 25% bought together, the rest popular and new.
    init(core: borrowing DecideCore, view: PersonView, countMax: Int) {
        self.countMax = countMax
        positions.reserveCapacity(countMax)
        let newItems = core.newItems(minute: view.minute, countMax: Self.newItemCountMax)
        add(Self.buyAgain(core: core, view: view, countMax: countMax * 55 / 100), from: .buyAgain)
        add(Self.together(core: core, view: view, countMax: countMax * 25 / 100), from: .together)
        add(core.items.top.entries.lazy.prefix(countMax - newItems.count).map(\.item), from: .popular)
        add(newItems, from: .newItem, isBeyond: true)
    }

    private mutating func add(
        _ found: some Sequence<Int32>, from source: RecallSources, isBeyond: Bool = false
    ) {
        let end = isBeyond ? countMax : countMax - Self.newItemCountMax
        for item in found {
            if let position = positions[item] {
                sources[position].insert(source)
            } else if items.count < end {
                positions[item] = items.count
                items.append(item)
                sources.append(source)
            }
        }
    }

    /// What was bought, likeliest first by the prior's view of count and recency.
    private static func buyAgain(core: borrowing DecideCore, view: PersonView, countMax: Int) -> [Int32] {
        var scored: [(item: Int32, score: Double)] = []
        scored.reserveCapacity(view.history.entries.count)
        for entry in view.history.entries where core.items.isRecalled(entry.item) {
            let days = Minute.days(from: entry.touchedLastMinute, to: view.minute)
            let weight = Double(entry.bought) + 0.3 * Double(entry.touched)
            scored.append((entry.item, weight / (days + 30)))
        }
        scored.sort { ($0.score, $0.item) > ($1.score, $1.item) }
        return scored.prefix(countMax).map(\.item)
    }

    private static func together(core: borrowing DecideCore, view: PersonView, countMax: Int) -> [Int32] {
        var scored = view.together.filter { core.items.isRecalled($0.key) }.map { (item: $0.key, score: $0.value) }
        scored.sort { ($0.score, $0.item) > ($1.score, $1.item) }
        return scored.prefix(countMax).map(\.item)
    }
}
