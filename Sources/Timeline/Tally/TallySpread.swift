/// How a function of a tally's sums moves with each of them.
public struct TallySlopes: Sendable {
    /// Of a group, and of all people together under nil. Shape `[stretches][leaves]`; those left out are 0.
    public let parts: [SegmentationResult.Key?: [[Double]]]

    public init(_ parts: [SegmentationResult.Key?: [[Double]]]) { self.parts = parts }
}

/// What one thread sums up of how far functions of sums are moved by each person.
struct TallySpread: Sendable {
    private struct Slope: Sendable {
        let output: Int
        let leaves: [Double]
    }

    var sums: TallySums
    private(set) var squares: [Double]  // Shape `[functions]`.
    private let slopes: [[Slope]]  // Shape `[cells]`: those that are not 0.
    private var moves: [Double]  // Of the person whose events pass, by function.
    private var moved: [Int] = []

    /// - Parameter keys: Of the groups, in their order.
    init(
        _ shape: TallyShape, _ leaves: [TallyQuery.Leaf], _ subjectCount: Int, _ keys: [SegmentationResult.Key],
        _ functions: [TallySlopes]
    ) {
        sums = TallySums(shape, leaves, subjectCount: subjectCount)
        squares = [Double](repeating: 0, count: functions.count)
        moves = squares
        var slopes = [[Slope]](repeating: [], count: shape.cellCount)
        let groups = [(nil, nil)] + keys.enumerated().map { (Optional($1), Optional($0)) }
        for (output, function) in functions.enumerated() {
            for (key, group) in groups {
                for (stretch, leaves) in (function.parts[key] ?? []).enumerated()
                where leaves.contains(where: { $0 != 0 }) {
                    slopes[shape.cell(group: group, stretch: stretch)].append(Slope(output: output, leaves: leaves))
                }
            }
        }
        self.slopes = slopes
    }

    /// The person's events have passed.
    mutating func close() {
        var (moves, moved) = (moves, moved)
        sums.close { [slopes] cell, amounts in
            for slope in slopes[cell] {
                if moves[slope.output] == 0 { moved.append(slope.output) }
                for (amount, leaf) in zip(amounts, slope.leaves) { moves[slope.output] += amount * leaf }
            }
        }
        for output in moved {
            squares[output] += moves[output] * moves[output]
            moves[output] = 0
        }
        moved.removeAll(keepingCapacity: true)
        (self.moves, self.moved) = (moves, moved)
    }
}
