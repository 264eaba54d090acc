import Base
import Kernels

/// How the cells of a tally lie: a row for each group and one for all, a column for each stretch and one for all time.
struct TallyShape: Sendable {
    let groupCount: Int  // 0 where nothing is grouped.
    let periods: PeriodBounds

    init(groupCount: Int, periods: PeriodBounds) {
        self.groupCount = groupCount
        self.periods = periods
    }

    /// Where nothing is grouped.
    init(_ query: TallyQuery) { self.init(groupCount: 0, periods: PeriodBounds(query.boundaries.map(\.unixMs))) }

    private var columnCount: Int { periods.count > 1 ? periods.count + 1 : 1 }
    var cellCount: Int { (groupCount + 1) * columnCount }

    /// - Parameters:
    ///   - group: Nil for all.
    ///   - stretch: Nil for all time.
    func cell(group: Int?, stretch: Int?) -> Int {
        (group ?? groupCount) * columnCount + (periods.count > 1 ? stretch ?? periods.count : 0)
    }
}

/// What an event that counts adds, and where.
struct TallyAddition {
    let leaf: Int
    let amount: Double
    let group: Int?  // Nil where nothing is grouped.
    let stretch: Int
    let subject: UInt32
}

/// What one thread sums up, person by person.
struct TallySums: Sendable {
    let shape: TallyShape
    private let leaves: [TallyQuery.Leaf]
    private(set) var cells: [Int: TallyResult.Cell] = [:]  // Those with anything that counts.
    private(set) var subjects: [Int: Set<UInt32>] = [:]  // By cell and leaf.
    private var counts: [Int]  // Events that count, by cell and leaf.
    private var amounts: [Double]  // Of the person whose events pass, by cell and leaf.
    private var touched: [Int] = []
    private var isTouched: [Bool]

    init(_ shape: TallyShape, _ leaves: [TallyQuery.Leaf]) {
        self.shape = shape
        self.leaves = leaves
        counts = [Int](repeating: 0, count: shape.cellCount * leaves.count)
        amounts = [Double](repeating: 0, count: shape.cellCount * leaves.count)
        isTouched = [Bool](repeating: false, count: shape.cellCount)
    }

    mutating func add(_ one: TallyAddition) {
        add(one, to: shape.cell(group: nil, stretch: nil))
        if shape.periods.count > 1 { add(one, to: shape.cell(group: nil, stretch: one.stretch)) }
        guard let group = one.group else { return }
        add(one, to: shape.cell(group: group, stretch: nil))
        if shape.periods.count > 1 { add(one, to: shape.cell(group: group, stretch: one.stretch)) }
    }

    private mutating func add(_ one: TallyAddition, to cell: Int) {
        let place = cell * leaves.count + one.leaf
        if !isTouched[cell] {
            isTouched[cell] = true
            touched.append(cell)
        }
        amounts[place] += one.amount
        counts[place] += 1
        guard case .subjects = leaves[one.leaf].measure, one.subject != 0 else { return }
        subjects[place, default: []].insert(one.subject)
    }

    /// The person's events have passed.
    mutating func close() {
        while let (cell, places) = settled() {
            cells[cell, default: TallyResult.Cell(leafCount: leaves.count)].add(amounts[places])
            forget(places)
        }
    }

    /// As `close`, where nothing is kept of the person but what `take` makes of each cell.
    mutating func close(_ take: (_ cell: Int, ArraySlice<Double>) -> Void) {
        while let (cell, places) = settled() {
            take(cell, amounts[places])
            forget(places)
        }
    }

    /// One of the cells in which the person has anything that counts, and where what they have of it stands.
    private mutating func settled() -> (cell: Int, places: Range<Int>)? {
        guard let cell = touched.popLast() else { return nil }
        isTouched[cell] = false
        let first = cell * leaves.count
        for (leaf, one) in leaves.enumerated() {
            switch one.measure {
            case .people(let eventCountMin):
                amounts[first + leaf] = amounts[first + leaf] >= Double(eventCountMin) ? 1 : 0
            case .subjects: amounts[first + leaf] = 0
            case .events, .sum, .seconds: break
            }
        }
        return (cell, first..<first + leaves.count)
    }

    private mutating func forget(_ places: Range<Int>) { for place in places { amounts[place] = 0 } }

    mutating func merge(_ other: TallySums) {
        for (cell, found) in other.cells { cells[cell, default: .init(leafCount: leaves.count)].add(found) }
        for place in counts.indices { counts[place] += other.counts[place] }
        subjects.merge(other.subjects) { $0.union($1) }
    }

    func result(_ keys: [SegmentationResult.Key]) -> TallyResult {
        let groups = keys.enumerated().map { group, key in
            TallyResult.Group(key: key, total: cell(group: group, stretch: nil), series: series(group))
        }
        return TallyResult(
            total: cell(group: nil, stretch: nil), series: series(nil),
            groups: groups.filter { $0.total.events.contains { $0 > 0 } })
    }

    private func series(_ group: Int?) -> [TallyResult.Cell] {
        shape.periods.count > 1 ? (0..<shape.periods.count).map { cell(group: group, stretch: $0) } : []
    }

    private func cell(group: Int?, stretch: Int?) -> TallyResult.Cell {
        let place = shape.cell(group: group, stretch: stretch)
        var cell = cells[place] ?? TallyResult.Cell(leafCount: leaves.count)
        for (leaf, one) in leaves.enumerated() {
            cell.events[leaf] = counts[place * leaves.count + leaf]
            guard case .subjects = one.measure else { continue }
            cell.sums[leaf] = Double(subjects[place * leaves.count + leaf]?.count ?? 0)
        }
        return cell
    }
}

extension TallyResult.Cell {
    /// One more person.
    fileprivate mutating func add(_ amounts: ArraySlice<Double>) {
        people += 1
        let count = sums.count
        for (leaf, amount) in amounts.enumerated() where amount != 0 {
            sums[leaf] += amount
            for (other, factor) in amounts.enumerated() { products[leaf * count + other] += amount * factor }
        }
    }

    /// Of other people.
    fileprivate mutating func add(_ other: Self) {
        people += other.people
        for i in sums.indices { sums[i] += other.sums[i] }
        for i in products.indices { products[i] += other.products[i] }
    }
}
