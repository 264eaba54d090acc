import Base
import Domain
private import Glibc

/// What one person did with one item. Counts stop at their maximum.
struct HistoryEntry: Sendable, Equatable {
    let item: Int32
    var bought: UInt16 = 0
    var touched: UInt16 = 0  // Clicks, views and carts.
    var boughtRecently: Float = 0  // Decayed count, as of the last purchase.
    var boughtFirstMinute: Int32 = 0
    var boughtLastMinute: Int32 = 0
    var touchedLastMinute: Int32  // Purchases included.

    /// Days between purchases; nil before the second.
    var typicalGapDays: Double? {
        guard bought >= 2 else { return nil }
        return max(Minute.days(from: boughtFirstMinute, to: boughtLastMinute), 0.5) / Double(bought - 1)
    }
}

/// Decay of a person's own counts, in place: these are few, and always read together with the time they stand at.
enum RecentCount {
    static let halfLifeDays = 90.0

    static func decayed(_ count: Float, from earlier: Int32, to later: Int32) -> Float {
        count == 0 ? 0 : count * Float(exp2(-Minute.days(from: earlier, to: later) / halfLifeDays))
    }
}

/// One person's positives: the most recent distinct items, oldest touch first.
struct PersonHistory: Sendable, Equatable {
    var entries: [HistoryEntry] = []
    var baskets: UInt32 = 0  // Sessions with at least one purchase.
    var basketsRecently: Float = 0  // Decayed count, as of the last purchase.
    var boughtLastMinute: Int32 = .min
    var seenLastMinute: Int32 = .min

    func entry(of item: Int32) -> HistoryEntry? { entries.last { $0.item == item } }

    /// Notes a purchase: one within `gap` minutes of the last belongs to the same basket.
    mutating func countBasket(minute: Int32, gap: Int32) {
        if Int(minute) - Int(boughtLastMinute) > Int(gap) {
            baskets &+= 1
            basketsRecently = 1 + RecentCount.decayed(basketsRecently, from: max(boughtLastMinute, 0), to: minute)
        }
        boughtLastMinute = max(boughtLastMinute, minute)
    }

    /// Puts `entry` where its time belongs, drops one where there are too many.
    mutating func put(_ entry: HistoryEntry, countMax: Int) {
        if let old = entries.lastIndex(where: { $0.item == entry.item }) {
            entries.remove(at: old)
        } else if entries.count >= max(countMax, 1) {
            entries.remove(at: indexToForget())
        }
        var index = entries.count
        while index > 0, entries[index - 1].touchedLastMinute > entry.touchedLastMinute { index -= 1 }
        entries.insert(entry, at: index)
    }

    /// The least bought of the oldest half; the oldest of equals.
    private func indexToForget() -> Int {
        var forgotten = 0
        for index in 0..<(entries.count + 1) / 2 where entries[index].bought < entries[forgotten].bought {
            forgotten = index
        }
        return forgotten
    }
}

/// People by dense index, in order of first appearance.
struct PersonTable: Sendable {
    private(set) var ids: [PersonID] = []
    private(set) var histories: [PersonHistory] = []
    private var indexes: [PersonID: Int32] = [:]

    init() {}

    init(ids: [PersonID], histories: [PersonHistory]) {
        (self.ids, self.histories) = (ids, histories)
        indexes = Dictionary(ids.indices.map { (ids[$0], Int32($0)) }, uniquingKeysWith: { first, _ in first })
    }

    var count: Int { ids.count }

    subscript(person: Int32) -> PersonHistory {
        get { histories[Int(person)] }
        _modify { yield &histories[Int(person)] }
    }

    func index(of id: PersonID) -> Int32? { indexes[id] }

    mutating func indexAdding(_ id: PersonID) -> Int32 {
        if let index = indexes[id] { return index }
        let index = Int32(ids.count)
        ids.append(id)
        histories.append(PersonHistory())
        indexes[id] = index
        return index
    }

    /// Keeps the `countKept` people seen last.
    mutating func compact(countKept: Int) {
        let order = ids.indices.sorted {
            (histories[$0].seenLastMinute, $0) > (histories[$1].seenLastMinute, $1)
        }
        let kept = order.prefix(countKept).sorted()
        self = PersonTable(ids: kept.map { ids[$0] }, histories: kept.map { histories[$0] })
    }

    func without(_ isErased: (PersonID) -> Bool) -> PersonTable {
        let kept = ids.indices.filter { !isErased(ids[$0]) }
        return PersonTable(ids: kept.map { ids[$0] }, histories: kept.map { histories[$0] })
    }

    /// Follows a compaction of the items.
    mutating func rename(_ renamed: [Int32]) {
        for index in histories.indices {
            histories[index].entries = histories[index].entries.compactMap { $0.renamed(renamed[Int($0.item)]) }
        }
    }
}

extension HistoryEntry {
    func renamed(_ item: Int32) -> HistoryEntry? {
        guard item >= 0 else { return nil }
        return HistoryEntry(
            item: item, bought: bought, touched: touched, boughtRecently: boughtRecently,
            boughtFirstMinute: boughtFirstMinute,
            boughtLastMinute: boughtLastMinute, touchedLastMinute: touchedLastMinute)
    }
}
