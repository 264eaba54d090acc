import Base
import Domain

/// One thing that a decision showed, with the features it was ranked by.
struct ShownSubject: Sendable, Equatable {
    enum State: UInt8, Sendable {
        case unseen, exposed, positive, negative
    }

    let subject: Subject
    let features: [UInt32]  // Low bits of the hashes, which is all that a model uses.
    let prior: Float  // Log-odds.
    var state = State.unseen
}

/// A decision of ours that waits for its outcomes.
struct PendingDecision: Sendable, Equatable {
    let id: DecisionID
    let closesAt: EventTime
    var shown: [ShownSubject]
}

/// What the model learns from.
struct Example: Sendable, Equatable {
    let features: [UInt32]
    let prior: Float  // Log-odds.
    let label: Bool
}

/// Own decisions in journal order: the open ones, and behind them closed ones that a late positive may still name. At
/// most `countMax` in all; each shown subject gives at most one negative and at most one positive example.
///
/// Their clock is the event time of own decisions and of what names them, not of all events: an import of last year's
/// log, or of next year's, neither closes windows nor keeps them open.
struct PendingDecisions: Sendable, Equatable {
    enum Outcome: Sendable, Equatable { case none, positive(Example), positiveAfterNegative(Example) }

    let countMax: Int
    private(set) var clock: EventTime
    private(set) var queue: [PendingDecision] = []  // From `head` on; those before are gone.
    private(set) var head = 0
    private(set) var closedEnd = 0  // First open one.
    private var positions: [DecisionID: Int] = [:]

    /// A time this far behind the clock is a replay of the past, and the clock follows it.
    static let behindMax = Milliseconds.days(1)

    init(countMax: Int) {
        self.countMax = max(countMax, 1)
        clock = EventTime(clampingUnixMs: 0)
    }

    init(countMax: Int, clock: EventTime, decisions: [PendingDecision], closedCount: Int) {
        self.init(countMax: countMax)
        self.clock = clock
        queue = decisions
        closedEnd = min(closedCount, decisions.count)
        reindex()
    }

    var decisions: ArraySlice<PendingDecision> { queue[head...] }
    var closedCount: Int { closedEnd - head }

    func contains(_ id: DecisionID) -> Bool { positions[id] != nil }

    /// - Returns: What the decision that had to make room still had to teach.
    mutating func append(_ decision: PendingDecision) -> [Example] {
        var examples: [Example] = []
        if queue.count - head >= countMax {
            if closedEnd == head { examples = closeOldest() }
            positions[queue[head].id] = nil
            head += 1
            if head * 2 > queue.count { reindex() }
        }
        positions[decision.id] = queue.count
        queue.append(decision)
        return examples
    }

    /// - Parameter subject: Nil where the whole answer was seen.
    mutating func expose(_ id: DecisionID, subject: Subject?) {
        guard let position = positions[id], position >= closedEnd else { return }
        for index in queue[position].shown.indices where queue[position].shown[index].state == .unseen {
            if subject == nil || queue[position].shown[index].subject == subject {
                queue[position].shown[index].state = .exposed
            }
        }
    }

    mutating func answer(_ id: DecisionID, subject: Subject) -> Outcome {
        guard let position = positions[id],
            let index = queue[position].shown.firstIndex(where: { $0.subject == subject })
        else { return .none }
        let shown = queue[position].shown[index]
        guard shown.state != .positive else { return .none }
        queue[position].shown[index].state = .positive
        let example = Example(features: shown.features, prior: shown.prior, label: true)
        return shown.state == .negative ? .positiveAfterNegative(example) : .positive(example)
    }

    /// Closes what is due: exposed and unanswered becomes negative. After a step back, also what would wait until the
    /// clock is there again.
    mutating func advance(to time: EventTime, window: Milliseconds) -> [Example] {
        guard time > clock || clock.since(time) > Self.behindMax else { return [] }
        clock = time
        let latest = time.advanced(by: Milliseconds(window.count + Self.behindMax.count))
        var examples: [Example] = []
        while closedEnd < queue.count, queue[closedEnd].closesAt < time || queue[closedEnd].closesAt > latest {
            examples += closeOldest()
        }
        return examples
    }

    private mutating func closeOldest() -> [Example] {
        let position = closedEnd
        closedEnd += 1
        var examples: [Example] = []
        for index in queue[position].shown.indices where queue[position].shown[index].state == .exposed {
            queue[position].shown[index].state = .negative
            let shown = queue[position].shown[index]
            examples.append(Example(features: shown.features, prior: shown.prior, label: false))
        }
        return examples
    }

    private mutating func reindex() {
        queue.removeFirst(head)
        closedEnd -= head
        head = 0
        positions = Dictionary(
            queue.indices.map { (queue[$0].id, $0) }, uniquingKeysWith: { _, last in last })
    }
}
