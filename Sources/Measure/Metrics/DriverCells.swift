import Statistics
import Timeline

/// What a driver tree compares: all people, and the groups; and how what it says of them moves with who they are.
///
/// A contribution is a smooth function of sums over people, so that its variance is that of the sum of what each person
/// moves (the delta method, with a person as one observation however many events, periods and groups are theirs: Deng,
/// Knoblich and Lu, "Applying the Delta Method in Metric Analytics", KDD 2018). How many people come is chance too, and
/// is taken for a Poisson number, as the Poisson bootstrap does (Chamandy et al., "Estimating Uncertainty for Massive
/// Data Streams", Google, 2012).
struct DriverCells {
    static let z = 1.959963984540054  // The normal law's 97.5th percentile.
    fileprivate static let step = 1e-5  // Of a sum, to either side.

    struct Cell {
        let key: SegmentationResult.Key?  // Nil for all people.
        let before: DriverTree.Period
        let after: DriverTree.Period
        fileprivate let sums: [Double]  // Shape `[2 × leaves]`: before, and after.
        fileprivate let stretchCount: Int

        fileprivate init?(_ key: SegmentationResult.Key?, _ series: [TallyResult.Cell]) {
            guard let first = series.first, let last = series.last else { return nil }
            self.key = key
            before = DriverTree.Period(first)
            after = DriverTree.Period(last)
            sums = first.sums + last.sums
            stretchCount = series.count
        }

        var decomposition: DivisiaDecomposition? {
            DivisiaDecomposition(before: before.factors, after: after.factors)
        }
    }

    let all: Cell
    let groups: [Cell]
    /// Those whose contributions are summed.
    var compared: [Cell] { groups.isEmpty ? [all] : groups }

    init?(_ found: TallyResult) {
        guard let all = Cell(nil, found.series) else { return nil }
        self.all = all
        groups = found.groups.compactMap { Cell($0.key, $0.series) }
    }

    /// Of the contributions in total, of the change, and of the contributions of each group, in this order.
    var slopes: [TallySlopes] {
        let own = compared.map { cell in (cell, cell.slopes) }
        let factors = DriverTree.Factor.allCases.indices
        let total = factors.map { factor in Self.slopes(own.map { ($0, $1[factor]) }) }
        let change = Self.slopes(compared.map { ($0, $0.changeSlopes) })
        let parts = groups.isEmpty ? [] : own.flatMap { cell, slopes in slopes.map { Self.slopes([(cell, $0)]) } }
        return total + [change] + parts
    }

    /// - Parameter cells: With the slopes of what is before, and after.
    private static func slopes(_ cells: [(Cell, [Double])]) -> TallySlopes {
        var parts: [SegmentationResult.Key?: [[Double]]] = [:]
        for (cell, slopes) in cells {
            let leafCount = slopes.count / 2
            var stretches = [[Double]](repeating: [], count: cell.stretchCount)
            stretches[0] = Array(slopes[..<leafCount])
            stretches[cell.stretchCount - 1] = Array(slopes[leafCount...])
            parts[cell.key] = stretches
        }
        return TallySlopes(parts)
    }
}

extension DriverCells.Cell {
    /// Of each factor's contribution, by central differences. A sum of 0 is moved by nobody: its slope does not matter.
    fileprivate var slopes: [[Double]] {
        var slopes = DriverTree.Factor.allCases.map { _ in [Double](repeating: 0, count: sums.count) }
        for place in sums.indices where sums[place] > 0 {
            let step = sums[place] * DriverCells.step
            guard let below = contributions(place, -step), let above = contributions(place, step) else { continue }
            for factor in slopes.indices { slopes[factor][place] = (above[factor] - below[factor]) / (2 * step) }
        }
        return slopes
    }

    /// Values are the last of the sums of a period.
    fileprivate var changeSlopes: [Double] {
        let leafCount = sums.count / 2
        return sums.indices.map { $0 == leafCount - 1 ? -1 : $0 == sums.count - 1 ? 1 : 0 }
    }

    private func contributions(_ place: Int, _ step: Double) -> [Double]? {
        var moved = sums
        moved[place] += step
        let leafCount = sums.count / 2
        return DivisiaDecomposition(
            before: DriverTree.Period(sums: Array(moved[..<leafCount])).factors,
            after: DriverTree.Period(sums: Array(moved[leafCount...])).factors)?.contributions
    }
}
