import Base
import Cleaning
import Domain
import Journal
import Measure
import Timeline

/// What queries read, made of the journal under one history of cleaning.
struct Timelines: Sendable {
    let counted: Timeline  // What customers did.
    /// What programs and our own people did, and who came into audiences and left them: shown, and left out of numbers.
    /// Its channels say which of these; the journal has the events' own.
    let marked: Timeline
    let decisions: DecisionIndex
    let sequenceStart: UInt64  // Where the three go on.

    init(options: TimelineOptions) {
        self.init(
            counted: Timeline(options: options), marked: Timeline(options: options), decisions: DecisionIndex(),
            sequenceStart: 0)
    }

    init(counted: Timeline, marked: Timeline, decisions: DecisionIndex, sequenceStart: UInt64) {
        self.counted = counted
        self.marked = marked
        self.decisions = decisions
        self.sequenceStart = sequenceStart
    }

    /// Events on their way into the timelines, in the order of the journal.
    struct Fresh {
        fileprivate var counted: [(sequence: UInt64, event: Event)] = []
        fileprivate var marked: [(sequence: UInt64, event: Event)] = []

        init(countMax: Int) { counted.reserveCapacity(countMax) }

        /// Whose events they are.
        var people: [PersonID] { counted.map(\.event.person) }

        mutating func add(_ cleaned: consuming Cleaned, at sequence: UInt64) {
            if let mark = cleaned.mark {
                cleaned.event.channel = Timelines.channel(of: mark)
                marked.append((sequence, cleaned.event))
            } else if cleaned.event.isAudienceMembership {
                marked.append((sequence, cleaned.event))
            } else {
                counted.append((sequence, cleaned.event))
            }
        }
    }

    /// Adds events; those before `sequenceStart` are there already.
    func append(_ fresh: Fresh) {
        let known = fresh.counted.prefix { $0.sequence < sequenceStart }.count
        for index in known..<fresh.counted.count where fresh.counted[index].event.decision != nil {
            decisions.apply(sequence: fresh.counted[index].sequence, event: fresh.counted[index].event)
        }
        counted.append(known == 0 ? fresh.counted : Array(fresh.counted[known...]))
        marked.append(fresh.marked.filter { $0.sequence >= sequenceStart })
    }

    /// The same, to go on at a record.
    func starting(at sequenceStart: UInt64) -> Timelines {
        Timelines(counted: counted, marked: marked, decisions: decisions, sequenceStart: sequenceStart)
    }

    static func channel(of mark: TrafficMark) -> Channel { Channel(validated: mark.rawValue) }

    /// Lets what happened before a time leave.
    func forget(before time: EventTime) {
        counted.forget(before: time)
        marked.forget(before: time)
    }

    var isMergeDue: Bool { counted.isMergeDue || marked.isMergeDue }

    func merge() {
        if counted.isMergeDue { counted.merge() }
        if marked.isMergeDue { marked.merge() }
    }

    /// Why the last merge of one failed; nil where neither did.
    var mergeFailure: TimelineError? { counted.mergeFailure ?? marked.mergeFailure }
}
