import Base
import Kernels

/// How the cells of a tally lie: a row for each group and one for all, a column for each stretch and one for all time.
struct TallyShape: Sendable {
    let groupCount: Int  // 0 where nothing is grouped.
    let periods: PeriodBounds
    let stretchCount: Int
    private let columnCount: Int

    init(groupCount: Int, periods: PeriodBounds) {
        self.groupCount = groupCount
        self.periods = periods
        stretchCount = periods.count
        columnCount = stretchCount > 1 ? stretchCount + 1 : 1
    }

    var cellCount: Int { (groupCount + 1) * columnCount }

    /// - Parameters:
    ///   - group: Nil for all.
    ///   - stretch: Nil for all time.
    func cell(group: Int?, stretch: Int?) -> Int {
        (group ?? groupCount) * columnCount + (stretchCount > 1 ? stretch ?? stretchCount : 0)
    }
}

/// Finds the stretches of times that mostly come in order.
struct StretchFinder: Sendable {
    private let periods: PeriodBounds
    private var last = 0
    private var lastMs: Range<Int64>

    init(_ periods: PeriodBounds) {
        self.periods = periods
        lastMs = periods.range(of: 0)
    }

    /// Nil before the first stretch and after the last.
    mutating func stretch(at timeMs: Int64) -> Int? {
        if lastMs.contains(timeMs) { return last }
        guard let found = periods.stretch(at: timeMs) else { return nil }
        (last, lastMs) = (found, periods.range(of: found))
        return found
    }
}

/// What events that count add, and where.
struct TallyAddition {
    let leaf: Int
    let amount: Double
    var events = 1
    let group: Int?  // Nil where nothing is grouped.
    let stretch: Int
    let subject: UInt32
}

/// What one thread sums up, person by person, of the numbers of one tally or of several that share their leaves.
struct TallySums: Sendable {
    /// Some of the leaves, of which products are summed up too.
    private struct Member: Sendable {
        let leaves: [Int]
        let bits: UInt64
        let first: Int  // Of its sums in a cell; the products come behind.

        var width: Int { leaves.count * (leaves.count + 1) }
    }

    static let leafCountMax = 64

    let shape: TallyShape
    private let leaves: [TallyQuery.Leaf]
    private let subjectRows: [Int?]  // Shape `[leaves]`: their numbers among those of subjects.
    private let members: [Member]
    private let width: Int  // Of a cell.
    private var people: [Int]  // Who have anything that counts. Shape `[cells][members]`.
    private var sums: [Double]  // Shape `[cells][width]`.
    private var counts: [Int]  // Events that count. Shape `[cells][leaves]`.
    private var subjects: [CodeSet]  // Shape `[cells][leaves of subjects]`.
    private let subjectRowCount: Int
    private var amounts: [Double]  // Of the person whose events pass. Shape `[cells][leaves]`.
    private var met: [UInt64]  // Shape `[cells]`: a bit for each leaf of which the person has anything.
    private var touched: [Int] = []  // Cells.

    /// - Parameters:
    ///   - subjectCount: Codes of subjects are below it.
    ///   - members: Which of the leaves each tally has; nil for one that has all.
    init(_ shape: TallyShape, _ leaves: [TallyQuery.Leaf], subjectCount: Int, members: [[Int]]? = nil) {
        precondition(leaves.count <= Self.leafCountMax, "a bit for each leaf")
        self.shape = shape
        self.leaves = leaves
        var rowCount = 0
        subjectRows = leaves.map { leaf in
            guard case .subjects = leaf.measure else { return nil }
            rowCount += 1
            return rowCount - 1
        }
        subjectRowCount = rowCount
        subjects = [CodeSet](repeating: CodeSet(codeEnd: subjectCount), count: shape.cellCount * rowCount)
        var found: [Member] = []
        var first = 0
        for own in members ?? [Array(leaves.indices)] {
            let member = Member(leaves: own, bits: own.reduce(0) { $0 | 1 << UInt64($1) }, first: first)
            first += member.width
            found.append(member)
        }
        self.members = found
        width = first
        people = [Int](repeating: 0, count: shape.cellCount * found.count)
        sums = [Double](repeating: 0, count: shape.cellCount * width)
        counts = [Int](repeating: 0, count: shape.cellCount * leaves.count)
        amounts = [Double](repeating: 0, count: shape.cellCount * leaves.count)
        met = [UInt64](repeating: 0, count: shape.cellCount)
    }

    mutating func add(_ one: TallyAddition) {
        add(one, to: shape.cell(group: nil, stretch: nil))
        if shape.stretchCount > 1 { add(one, to: shape.cell(group: nil, stretch: one.stretch)) }
        guard let group = one.group else { return }
        add(one, to: shape.cell(group: group, stretch: nil))
        if shape.stretchCount > 1 { add(one, to: shape.cell(group: group, stretch: one.stretch)) }
    }

    private mutating func add(_ one: TallyAddition, to cell: Int) {
        let place = cell * leaves.count + one.leaf
        if met[cell] == 0 { touched.append(cell) }
        met[cell] |= 1 << UInt64(one.leaf)
        amounts[place] += one.amount
        counts[place] += one.events
        guard let row = subjectRows[one.leaf], one.subject != 0 else { return }
        subjects[cell * subjectRowCount + row].insert(one.subject)
    }

    /// The person's events have passed.
    mutating func close() {
        while let (cell, places) = settled() {
            for (number, member) in members.enumerated() where met[cell] & member.bits != 0 {
                people[cell * members.count + number] += 1
                add(amountsFrom: places.lowerBound, of: member, to: cell * width + member.first)
            }
            forget(cell, places)
        }
    }

    private mutating func add(amountsFrom first: Int, of member: Member, to begin: Int) {
        for (row, leaf) in member.leaves.enumerated() where amounts[first + leaf] != 0 {
            let amount = amounts[first + leaf]
            sums[begin + row] += amount
            let products = begin + member.leaves.count * (row + 1)
            for (column, other) in member.leaves.enumerated() {
                sums[products + column] += amount * amounts[first + other]
            }
        }
    }

    /// As `close`, where nothing is kept of the person but what `take` makes of each cell.
    mutating func close(_ take: (_ cell: Int, ArraySlice<Double>) -> Void) {
        while let (cell, places) = settled() {
            take(cell, amounts[places])
            forget(cell, places)
        }
    }

    /// One of the cells in which the person has anything that counts, and where what they have of it stands.
    private mutating func settled() -> (cell: Int, places: Range<Int>)? {
        guard let cell = touched.popLast() else { return nil }
        let first = cell * leaves.count
        for leaf in leaves.indices where met[cell] >> UInt64(leaf) & 1 != 0 {
            switch leaves[leaf].measure {
            case .people(let eventCountMin):
                amounts[first + leaf] = amounts[first + leaf] >= Double(eventCountMin) ? 1 : 0
            case .subjects: amounts[first + leaf] = 0
            case .events, .sum, .seconds: break
            }
        }
        return (cell, first..<first + leaves.count)
    }

    private mutating func forget(_ cell: Int, _ places: Range<Int>) {
        met[cell] = 0
        for place in places { amounts[place] = 0 }
    }

    mutating func merge(_ other: TallySums) {
        for place in people.indices { people[place] += other.people[place] }
        for place in sums.indices { sums[place] += other.sums[place] }
        for place in counts.indices { counts[place] += other.counts[place] }
        for place in subjects.indices { subjects[place].formUnion(other.subjects[place]) }
    }

    /// - Parameter number: Of the member.
    func result(of number: Int, _ keys: [SegmentationResult.Key]) -> TallyResult {
        let groups = keys.enumerated().map { group, key in
            TallyResult.Group(
                key: key, total: cell(of: number, group: group, stretch: nil), series: series(of: number, group))
        }
        return TallyResult(
            total: cell(of: number, group: nil, stretch: nil), series: series(of: number, nil),
            groups: groups.filter { $0.total.events.contains { $0 > 0 } })
    }

    private func series(of number: Int, _ group: Int?) -> [TallyResult.Cell] {
        guard shape.stretchCount > 1 else { return [] }
        return (0..<shape.stretchCount).map { cell(of: number, group: group, stretch: $0) }
    }

    private func cell(of number: Int, group: Int?, stretch: Int?) -> TallyResult.Cell {
        let (place, member) = (shape.cell(group: group, stretch: stretch), members[number])
        let first = place * width + member.first
        let count = member.leaves.count
        var cell = TallyResult.Cell(leafCount: count)
        cell.people = people[place * members.count + number]
        cell.sums = Array(sums[first..<first + count])
        cell.products = Array(sums[first + count..<first + member.width])
        for (row, leaf) in member.leaves.enumerated() {
            cell.events[row] = counts[place * leaves.count + leaf]
            guard let own = subjectRows[leaf] else { continue }
            cell.sums[row] = Double(subjects[place * subjectRowCount + own].count)
        }
        return cell
    }
}
