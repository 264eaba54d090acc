public import Base
public import Domain
import Synchronization

/// What is seen of events as they arrive: their fields, how late they are, and where they are not as planned. A
/// projection of the journal: one thread applies records, any number read.
///
/// Violations are counted by the plan that is in force when a record is applied. Where the journal is applied anew,
/// after the loss of a snapshot, that is the plan of then.
public final class QualityState: Sendable {
    private let core: Mutex<QualityCore>

    public convenience init() { self.init(QualityCore()) }

    init(_ core: QualityCore) { self.core = Mutex(core) }

    /// The next sequence that is expected; those before it were applied.
    public var sequenceEnd: UInt64 { core.withLock { $0.sequenceEnd } }

    /// Applies one record; a sequence that was applied before changes nothing.
    public func apply(sequence: UInt64, entry: JournalEntry, plan: EnforcedPlan) {
        core.withLock { $0.apply(sequence: sequence, entry: entry, plan: plan) }
    }

    /// Forgets which events of some people were samples, and the values that they alone had; at the place `sequence`
    /// of the journal. What was counted stays.
    ///
    /// - Parameter events: Theirs.
    public func erase(at sequence: UInt64, _ isErased: (PersonID) -> Bool, events: [Event]) {
        core.withLock { core in
            guard sequence >= core.sequenceEnd else { return }
            core.violations.forget(isErased)
            for event in events { core.forget(event) }
        }
    }

    /// How many samples from before a time of receipt are of some people.
    public func count(ofPeople isOne: (PersonID) -> Bool, before time: EventTime) -> Int {
        core.withLock { $0.violations.count(ofPeople: isOne, before: time) }
    }

    var copy: QualityCore { core.withLock { $0 } }
}

struct QualityCore: Sendable, Equatable {
    var sequenceEnd: UInt64 = 0
    var series: [EventSeries] = []
    var keys: [SeriesKey] = []  // Of `series`, in order.
    var violations = ViolationLedger()
    var leftOutCount = 0  // Events for which there was no series left.
    private var places: [SeriesKey: Int] = [:]
    private var room = QualityLimits.fieldCountMax

    mutating func apply(sequence: UInt64, entry: JournalEntry, plan: EnforcedPlan) {
        guard sequence >= sequenceEnd else { return }
        sequenceEnd = sequence + 1
        switch entry {
        case .event(let event):
            if event.source != .quanyu { note(event, plan) }
        case .receipt(let receipt):
            if !receipt.violations.isEmpty, !receipt.isReplay { note(receipt) }
        case .erasure, .erased: break
        }
    }

    mutating func forget(_ event: Event) {
        guard let place = places[SeriesKey(event: event.name, source: event.source)] else { return }
        series[place].fields.forget(event)
    }

    private mutating func note(_ event: Event, _ plan: EnforcedPlan) {
        let key = SeriesKey(event: event.name, source: event.source)
        let found = plan.check(event)
        if let place = place(of: key) {
            series[place].note(event, plan.version == nil ? nil : found, room: &room)
        } else {
            leftOutCount += 1
        }
        guard !found.isEmpty else { return }
        let sample = ViolationSample(time: event.receivedAt, event: event.id, person: event.person, quarantineID: nil)
        for violation in Set(found.map { ViolationKey(series: key, field: $0.field, kind: $0.kind) }) {
            violations.note(violation, .observed, sample)
        }
    }

    /// What the plan refused: the receipt tells of it, since no event does.
    private mutating func note(_ receipt: CollectReceipt) {
        let ids = receipt.quarantineIDs
        var counted: Set<SeriesKey> = []
        var element = -1
        for violation in receipt.violations {
            if violation.element != element { counted = [] }
            element = violation.element
            let key = SeriesKey(event: violation.event, source: receipt.source)
            if counted.insert(key).inserted, let place = place(of: key) {
                series[place].noteRefusal(Hour(of: receipt.receivedAt))
            }
            let id = ids[element]
            violations.note(
                ViolationKey(series: key, field: violation.field, kind: violation.kind),
                id == nil ? .rejected : .quarantined,
                ViolationSample(time: receipt.receivedAt, event: nil, person: nil, quarantineID: id))
        }
    }

    private mutating func place(of key: SeriesKey) -> Int? {
        if let place = places[key] { return place }
        guard series.count < QualityLimits.seriesCountMax else { return nil }
        restore(key, EventSeries())
        return series.count - 1
    }

    /// Adds a series as it was saved.
    mutating func restore(_ key: SeriesKey, _ restored: EventSeries) {
        places[key] = series.count
        keys.append(key)
        series.append(restored)
        room -= restored.fields.nodes.count - 1
    }
}

extension CollectReceipt {
    /// By the place of the element in the request.
    fileprivate var quarantineIDs: [Int: Int64] {
        var ids: [Int: Int64] = [:]
        var place = 0
        for run in runs {
            switch run {
            case .accepted(let elementCount, _), .duplicate(let elementCount), .rejected(let elementCount, _):
                place += elementCount
            case .quarantined(let id, _):
                ids[place] = id
                place += 1
            }
        }
        return ids
    }
}
