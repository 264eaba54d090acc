import Base
import Cleaning
import Domain
import Journal
import Measure
import Timeline

/// What queries read, made of the journal under one history of cleaning.
struct Timelines: Sendable {
    let counted: Timeline  // What customers did.
    /// What programs and our own people did: shown, and left out of numbers. Its channels say which of the two; the
    /// journal has the events' own.
    let marked: Timeline
    let decisions: DecisionIndex
    let sequenceStart: UInt64  // Where the three go on.

    init(
        counted: Timeline = Timeline(), marked: Timeline = Timeline(), decisions: DecisionIndex = DecisionIndex(),
        sequenceStart: UInt64 = 0
    ) {
        self.counted = counted
        self.marked = marked
        self.decisions = decisions
        self.sequenceStart = sequenceStart
    }

    /// Adds events in the order of the journal; those before `sequenceStart` are there already.
    func append(_ events: [(sequence: UInt64, cleaned: Cleaned)]) {
        var fresh: [(sequence: UInt64, event: Event)] = []
        var setApart: [(sequence: UInt64, event: Event)] = []
        for (sequence, cleaned) in events where sequence >= sequenceStart {
            if let mark = cleaned.mark {
                var event = cleaned.event
                event.channel = Self.channel(of: mark)
                setApart.append((sequence, event))
            } else {
                fresh.append((sequence, cleaned.event))
                decisions.apply(sequence: sequence, event: cleaned.event)
            }
        }
        if !fresh.isEmpty { counted.append(fresh) }
        if !setApart.isEmpty { marked.append(setApart) }
    }

    /// The same, to go on at a record.
    func starting(at sequenceStart: UInt64) -> Timelines {
        Timelines(counted: counted, marked: marked, decisions: decisions, sequenceStart: sequenceStart)
    }

    static func channel(of mark: TrafficMark) -> Channel { Channel(validated: mark.rawValue) }

    var isMergeDue: Bool { counted.isMergeDue || marked.isMergeDue }

    func merge() {
        if counted.isMergeDue { counted.merge() }
        if marked.isMergeDue { marked.merge() }
    }
}
