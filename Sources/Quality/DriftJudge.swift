import Domain
private import Glibc
import Statistics

/// What has moved in a series: its last 24 hours against the seven days before, in windows of six hours.
struct DriftJudge {
    struct Move {
        let place: String
        let index: Double
        let chance: Double

        var excess: Double { max(0, index - chance) }
    }

    private static let level = 0.95  // That of all places of the series together.
    private static let volumeLeast = 30.0  // A day; below it, days differ by chance alone.
    private static let dayCountLeast = 3

    private let series: EventSeries
    private let sampleLeast: Int
    private let end: Int32
    private let now: Range<Int32>
    private let before: Range<Int32>

    init(series: EventSeries, end: Int32, sampleLeast: Int) {
        self.series = series
        self.sampleLeast = sampleLeast
        self.end = end
        let last = (end - 1) / FieldSeen.windowHours + 1
        let windowsADay = QualityState.dayHours / FieldSeen.windowHours
        now = last - windowsADay..<last
        before = last - Int32(FieldSeen.windowCount)..<last - windowsADay
    }

    /// Events that were looked at in the last 24 hours.
    var sampleCount: Int { sum(series.fields.nodes[0].seen, now)[ValueKind.object.rawValue] }

    /// The places of which both samples are large enough.
    var moves: [Move] {
        let nodes = series.fields.nodes
        let level = 1 - (1 - Self.level) / Double(max(1, 2 * (nodes.count - 1)))  // Bonferroni's.
        var moves: [Move] = []
        series.fields.walkPlaces { path, place, around in
            let seen = (before: sum(nodes[place].seen, before), now: sum(nodes[place].seen, now))
            let object = ValueKind.object.rawValue
            let here = (
                before: around.map { sum(nodes[$0].seen, before)[object] },
                now: around.map { sum(nodes[$0].seen, now)[object] }
            )
            let kinds = (Self.kinds(seen.before, of: here.before), Self.kinds(seen.now, of: here.now))
            let values = (Self.values(seen.before), Self.values(seen.now))
            for (old, new) in [kinds, values] {
                guard old.reduce(0, +) >= sampleLeast, new.reduce(0, +) >= sampleLeast,
                    let move = PopulationStability(before: old, now: new, level: level)
                else { continue }
                moves.append(Move(place: FieldPath(path)?.text ?? "", index: move.index, chance: move.chance))
            }
        }
        return moves.filter { !$0.place.isEmpty }
    }

    /// The volume of the last day against the mean of the days before: (r − 1) · ln r, which is what the index above
    /// says of two rates; chance is the most by which a day before differed from the others. Nil below 3 days, or
    /// below 30 events a day.
    var volume: Move? {
        let accepted = (0..<QualityState.dayCount).map { day in
            let start = end - (QualityState.dayCount - day) * QualityState.dayHours
            let range = start..<start + QualityState.dayHours
            return Double(series.hours.sums(range)[EventSeries.Column.accepted.rawValue])
        }
        let past = Array(accepted.dropLast().drop { $0 == 0 })  // Days before it first came say nothing.
        let mean = past.reduce(0, +) / Double(max(1, past.count))
        guard past.count >= Self.dayCountLeast, mean >= Self.volumeLeast, let last = accepted.last else { return nil }
        let chance = past.indices.map { day in
            let others = past.indices.filter { $0 != day }.map { past[$0] }
            return Self.distance(past[day], others.reduce(0, +) / Double(others.count))
        }.max()
        return Move(place: "volume", index: Self.distance(last, mean), chance: chance ?? 0)
    }

    private static func distance(_ one: Double, _ other: Double) -> Double {
        let ratio = (one + 0.5) / (other + 0.5)
        return (ratio - 1) * log(ratio)
    }

    private func sum(_ seen: FieldSeen, _ windows: Range<Int32>) -> [Int] { seen.windows.sums(windows) }

    /// With one class more: where it was not there.
    private static func kinds(_ sums: [Int], of aroundCount: Int?) -> [Int] {
        let kinds = Array(sums[..<ValueKind.allCases.count])
        return kinds + [max(0, (aroundCount ?? 0) - kinds.reduce(0, +))]
    }

    private static func values(_ sums: [Int]) -> [Int] { Array(sums[ValueKind.allCases.count...]) }
}

extension FieldTree {
    /// Every place below the root with its own number and that of the object around it; nil in an array.
    func walkPlaces(_ body: (_ path: [FieldPath.Step], _ place: Int, _ around: Int?) -> Void) {
        walkPlaces(0, [], body)
    }

    private func walkPlaces(
        _ place: Int, _ path: [FieldPath.Step], _ body: (_ path: [FieldPath.Step], Int, Int?) -> Void
    ) {
        for (name, child) in nodes[place].members {
            body(path + [.member(name)], child, place)
            walkPlaces(child, path + [.member(name)], body)
        }
        if let child = nodes[place].element {
            body(path + [.element], child, nil)
            walkPlaces(child, path + [.element], body)
        }
    }
}
