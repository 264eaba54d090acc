import Kernels

/// How the cells of a tally lie: a row for each group and one for all, a column for each stretch and one for all time.
struct TallyShape: Sendable {
    let groupCount: Int  // 0 where nothing is grouped.
    let periods: PeriodBounds

    private var columnCount: Int { periods.count > 1 ? periods.count + 1 : 1 }
    var cellCount: Int { (groupCount + 1) * columnCount }

    /// - Parameters:
    ///   - group: Nil for all.
    ///   - stretch: Nil for all time.
    func cell(group: Int?, stretch: Int?) -> Int {
        (group ?? groupCount) * columnCount + (periods.count > 1 ? stretch ?? periods.count : 0)
    }
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

    /// - Parameter group: Nil where nothing is grouped.
    mutating func add(_ match: TallyMatch, group: Int?, stretch: Int, subject: UInt32) {
        add(match, to: shape.cell(group: nil, stretch: nil), subject)
        if shape.periods.count > 1 { add(match, to: shape.cell(group: nil, stretch: stretch), subject) }
        guard let group else { return }
        add(match, to: shape.cell(group: group, stretch: nil), subject)
        if shape.periods.count > 1 { add(match, to: shape.cell(group: group, stretch: stretch), subject) }
    }

    private mutating func add(_ match: TallyMatch, to cell: Int, _ subject: UInt32) {
        let place = cell * leaves.count + match.leaf
        if !isTouched[cell] {
            isTouched[cell] = true
            touched.append(cell)
        }
        amounts[place] += match.amount
        counts[place] += 1
        if case .subjects = leaves[match.leaf].measure, subject != 0 { subjects[place, default: []].insert(subject) }
    }

    /// The person's events have passed.
    mutating func close() {
        guard !touched.isEmpty else { return }
        for cell in touched {
            fold(cell)
            isTouched[cell] = false
        }
        touched.removeAll(keepingCapacity: true)
    }

    private mutating func fold(_ cell: Int) {
        let (count, first) = (leaves.count, cell * leaves.count)
        for leaf in 0..<count {
            switch leaves[leaf].measure {
            case .people(let eventCountMin):
                amounts[first + leaf] = amounts[first + leaf] >= Double(eventCountMin) ? 1 : 0
            case .subjects: amounts[first + leaf] = 0
            case .events, .sum, .seconds: break
            }
        }
        cells[cell, default: TallyResult.Cell(leafCount: count)].add(amounts[first..<first + count])
        for leaf in 0..<count { amounts[first + leaf] = 0 }
    }

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
