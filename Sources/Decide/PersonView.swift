import Base
import Domain
private import Glibc

/// What holds for all candidates of one decision: the person's past as it stands, and when and where it is asked.
struct PersonView {
    let minute: Int32
    let hour: Int  // UTC, 0..<24.
    let weekday: Int  // 0 is Thursday, the first day of 1970.
    let history: PersonHistory
    let together: [Int32: Double]  // Co-occurrence with the recent items, by item.
    let touchesTotal: Double
    let basketsRecently: Double  // As of now.
    private let positions: [Int32: Int]  // In `history.entries`.
    private let categoryShare: [Int32: Double]
    private let departmentShare: [Int32: Double]

    static let recentCountMax = 12

    init(core: borrowing DecideCore, person: PersonID, time: EventTime) {
        minute = Minute.of(time)
        hour = Int(time.unixMs / 3_600_000 % 24)
        weekday = Int(time.unixMs / 86_400_000 % 7)
        history = core.people.index(of: person).map { core.people[$0] } ?? PersonHistory()
        var positions: [Int32: Int] = [:]
        positions.reserveCapacity(history.entries.count)
        var categories: [Int32: Double] = [:]
        var departments: [Int32: Double] = [:]
        var total = 0.0
        for (index, entry) in history.entries.enumerated() {
            positions[entry.item] = index
            let stats = core.items[entry.item]
            let weight = Double(entry.bought) + 0.2 * Double(entry.touched)
            categories[stats.category, default: 0] += weight
            departments[stats.department, default: 0] += weight
            total += weight
        }
        self.positions = positions
        (categoryShare, departmentShare, touchesTotal) = (categories, departments, total)
        basketsRecently = Double(
            RecentCount.decayed(history.basketsRecently, from: max(history.boughtLastMinute, 0), to: minute))
        together = Self.together(core: core, entries: history.entries)
    }

    func entry(of item: Int32) -> HistoryEntry? { positions[item].map { history.entries[$0] } }

    /// Share of this person's touches that fell in the category; 0 where either is unknown.
    func categoryShare(_ code: Int32) -> Double {
        code < 0 || touchesTotal == 0 ? 0 : (categoryShare[code] ?? 0) / touchesTotal
    }

    func departmentShare(_ code: Int32) -> Double {
        code < 0 || touchesTotal == 0 ? 0 : (departmentShare[code] ?? 0) / touchesTotal
    }

    /// Sum over the most recent items i of count(i, j) / √(count(i) · count(j)): cosine, so that what everybody buys
    /// does not go with everything.
    private static func together(core: borrowing DecideCore, entries: [HistoryEntry]) -> [Int32: Double] {
        var sums: [Int32: Double] = [:]
        sums.reserveCapacity(NeighbourTable.width * recentCountMax)
        for entry in entries.suffix(recentCountMax) {
            let own = core.items[entry.item].sessions
            core.neighbours.forEachNeighbour(of: entry.item) { neighbour, count in
                sums[neighbour, default: 0] += exp2(count - (own + core.items[neighbour].sessions) / 2)
            }
        }
        return sums
    }
}
