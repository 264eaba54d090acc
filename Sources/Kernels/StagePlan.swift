/// What a model of stages asks, in codes: by which rules somebody is in which stage at each of some moments.
///
/// A state is 0 for somebody in no stage, else the stage counted from 1, the weakest first. A person is in the
/// strongest stage one of whose rules holds.
public struct StagePlan: Sendable {
    public static let momentCountMax = 512
    public static let stageCountMax = 15
    public static let ruleCountMax = 64

    /// Holds at a moment where the events that meet one of `filters`, and lie before it and not before the moment's
    /// start of `window`, are at least so many, or weigh so much. Several in a row may have to hold together.
    public struct Rule: Sendable {
        public let state: Int  // 1 through `stageCount`.
        public let filters: UInt32  // A bit for each filter.
        public let least: Int64  // At least 1.
        public let window: Int  // Row of `windowStartsMs`.
        public let weight: Int?  // Row of the weights that are summed; nil where each event weighs 1.
        public let isWithNext: Bool  // Whether it holds only while the next one does too, which is of the same state.

        public init(
            state: Int, filters: UInt32, least: Int64, window: Int, weight: Int? = nil, isWithNext: Bool = false
        ) {
            self.state = state
            self.filters = filters
            self.least = least
            self.window = window
            self.weight = weight
            self.isWithNext = isWithNext
        }
    }

    let momentsMs: [Int64]  // Strictly ascending.
    let windowStartsMs: [Int64]  // Shape [windows][moments]; each row ascends.
    let rules: [Rule]  // The strongest state first.
    public let stageCount: Int

    /// - Parameters:
    ///   - windowStartsMs: For each window, where it begins as seen from each moment: an event that lies before is out
    ///     of it. `Int64.min` for one without a beginning.
    /// - Precondition: 1 through `momentCountMax` ascending moments; 1 through `stageCountMax` stages; at most
    ///   `ruleCountMax` rules, each of a stage and a window that there are.
    public init(rules: [Rule], stageCount: Int, momentsMs: [Int64], windowStartsMs: [[Int64]]) {
        precondition((1...Self.momentCountMax).contains(momentsMs.count), "there are 1...512 moments")
        precondition((1...Self.stageCountMax).contains(stageCount), "there are 1...15 stages")
        precondition(rules.count <= Self.ruleCountMax, "there are at most 64 rules")
        precondition(zip(momentsMs, momentsMs.dropFirst()).allSatisfy { $0 < $1 }, "moments ascend")
        for row in windowStartsMs {
            precondition(row.count == momentsMs.count, "a window begins somewhere for each moment")
            precondition(zip(row, row.dropFirst()).allSatisfy { $0 <= $1 }, "windows move on")
        }
        for rule in rules {
            precondition((1...stageCount).contains(rule.state) && windowStartsMs.indices.contains(rule.window))
            precondition(rule.least >= 1, "a rule needs an event")
        }
        for (number, rule) in rules.enumerated() where rule.isWithNext {
            precondition(number + 1 < rules.count && rules[number + 1].state == rule.state, "a next rule is there")
        }
        self.rules = (1...stageCount).reversed().flatMap { state in rules.filter { $0.state == state } }
        self.stageCount = stageCount
        self.momentsMs = momentsMs
        self.windowStartsMs = windowStartsMs.flatMap(\.self)
    }

    public var momentCount: Int { momentsMs.count }
    public var stateCount: Int { stageCount + 1 }
    /// The cells of a matrix from state to state.
    public var flowCount: Int { stateCount * stateCount }
    /// The cells of one such matrix for each moment but the first.
    public var moveCount: Int { (momentCount - 1) * flowCount }

    /// The first moment after `timeMs`, `moment` or later; `momentCount` where there is none.
    @inline(__always)
    func firstMoment(after timeMs: Int64, from moment: Int) -> Int {
        firstIndex(above: timeMs, in: momentsMs.span, row: 0, from: moment)
    }

    /// The first moment, `moment` or later, from which an event at `timeMs` is out of a window.
    @inline(__always)
    func firstMoment(without timeMs: Int64, window: Int, from moment: Int) -> Int {
        firstIndex(above: timeMs, in: windowStartsMs.span, row: window &* momentCount, from: moment)
    }

    /// Where a window begins as seen from the first moment: what lies before is in it at none.
    @inline(__always)
    func firstStartMs(window: Int) -> Int64 { windowStartsMs.span[window &* momentCount] }

    /// Events mostly lie few moments apart: strides that double find the stretch, halving it the moment.
    @inline(__always)
    private func firstIndex(above timeMs: Int64, in bounds: Span<Int64>, row: Int, from moment: Int) -> Int {
        guard moment < momentCount, bounds[row &+ moment] <= timeMs else { return moment }
        var (low, stride) = (moment &+ 1, 1)
        while low &+ stride < momentCount, bounds[row &+ low &+ stride] <= timeMs {
            low &+= stride &+ 1
            stride &+= stride
        }
        var high = min(low &+ stride, momentCount)
        while low < high {
            let middle = (low &+ high) / 2
            if bounds[row &+ middle] <= timeMs { low = middle &+ 1 } else { high = middle }
        }
        return low
    }
}
