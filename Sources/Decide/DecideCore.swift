import Base
import Domain
import Learning

/// What the learner has been taught so far.
public struct LearningCounts: Sendable, Equatable {
    public var decisions: UInt64  // Own decisions seen in the journal.
    public var positives: UInt64
    public var negatives: UInt64
    public var positivesLate: UInt64  // Of the positives: learned as negative before, when the window closed.

    public init(decisions: UInt64 = 0, positives: UInt64 = 0, negatives: UInt64 = 0, positivesLate: UInt64 = 0) {
        self.decisions = decisions
        self.positives = positives
        self.negatives = negatives
        self.positivesLate = positivesLate
    }
}

/// The state itself, a value: everything in it follows from the events applied, in order, and from nothing else.
struct DecideCore: Sendable {
    let options: DecideOptions
    let popularityDecay: ForwardDecay
    let togetherDecay: ForwardDecay
    var watermark = EventTime(clampingUnixMs: 0)
    var sequenceEnd: UInt64 = 0  // The next sequence expected.
    var items: ItemTable
    var neighbours = NeighbourTable()
    var people = PersonTable()
    var pending: PendingDecisions
    var counts = LearningCounts()

    /// An event's time counts at most this far past its receipt, so that one wrong clock cannot close every window.
    static let aheadMax = Milliseconds.days(1)

    init(options: DecideOptions) {
        self.options = options
        popularityDecay = ForwardDecay(halfLife: options.popularityHalfLife)
        togetherDecay = ForwardDecay(halfLife: options.togetherHalfLife)
        items = ItemTable(recallKinds: options.recallKinds)
        pending = PendingDecisions(countMax: options.pendingCountMax)
    }

    func isNew(_ item: Int32, minute: Int32) -> Bool {
        let stats = items[item]
        return minute - stats.firstSeenMinute <= Minute.count(options.newItemAge)
            && stats.exposures < UInt32(clamping: options.newItemExposuresMax)
    }

    /// Among the subjects that appeared last, the new ones with the most positives.
    func newItems(minute: Int32, countMax: Int) -> [Int32] {
        let newest = Int32(max(0, items.count - 256))..<Int32(items.count)
        let found = newest.filter {
            items[$0].popularity > -.infinity && items.isRecalled($0) && isNew($0, minute: minute)
        }
        return Array(found.sorted { (items[$0].popularity, $0) > (items[$1].popularity, $1) }.prefix(countMax))
    }
}

extension DecideCore {
    /// Applies the event at `sequence`; one that was applied before changes nothing.
    ///
    /// - Returns: What there is to learn from it, in order.
    mutating func apply(sequence: UInt64, event: Event, catalog: (Subject) -> CatalogItem?) -> [Example] {
        guard sequence >= sequenceEnd else { return [] }
        var examples: [Example] = []
        sequenceEnd = sequence + 1
        let time = min(event.time, event.receivedAt.advanced(by: Self.aheadMax))
        watermark = max(watermark, time)
        if isOurs(event) { examples += pending.advance(to: time, window: options.outcomeWindow) }
        if event.name == .decision {
            examples += remember(event)
        } else if EventName.exposures.contains(event.name) {
            applyExposure(event, at: time)
        } else if let touch = Touch(event.name), let subject = event.subject, Touch.kinds.contains(subject.kind) {
            examples += answer(touch, event: event, subject: subject)
            applyTouch(touch, event: event, subject: subject, at: time, catalog: catalog)
        }
        for example in examples {
            if example.label { counts.positives += 1 } else { counts.negatives += 1 }
        }
        return examples
    }

    /// An own decision, or what followed from one.
    private func isOurs(_ event: Event) -> Bool {
        event.name == .decision ? event.source == .quanyu : event.decision.map(pending.contains) ?? false
    }

    /// Only our own decisions are learned from: of another system's we know neither features nor exposures.
    private mutating func remember(_ event: Event) -> [Example] {
        guard event.source == .quanyu, let decision = Decision(event: event), !pending.contains(decision.id) else {
            return []
        }
        counts.decisions += 1
        let place = FeaturePlace(decision)
        let view = PersonView(core: self, person: decision.person, time: decision.time)
        let shown = decision.choices.prefix(Decide.countMax).map { choice in
            let facts = facts(of: choice.subject, view: view)
            let row = FeatureRow(facts, view: view, place: place)
            return ShownSubject(
                subject: choice.subject, features: row.features.map { UInt32(truncatingIfNeeded: $0.bits) },
                prior: Float(Prior.logOdds(facts)))
        }
        let closesAt = pending.clock.advanced(by: options.outcomeWindow)
        return pending.append(PendingDecision(id: decision.id, closesAt: closesAt, shown: shown))
    }

    func facts(of subject: Subject, view: PersonView) -> Facts {
        guard let item = items.index(of: subject) else { return Facts(unseen: subject) }
        return Facts(core: self, view: view, item: item)
    }

    private mutating func applyExposure(_ event: Event, at time: EventTime) {
        if let subject = event.subject, Touch.kinds.contains(subject.kind) {
            items.countExposure(itemAdding(subject, at: time))
        }
        if let decision = event.decision { pending.expose(decision, subject: event.subject) }
    }

    private mutating func answer(_ touch: Touch, event: Event, subject: Subject) -> [Example] {
        guard touch.isPositive, let decision = event.decision else { return [] }
        switch pending.answer(decision, subject: subject) {
        case .none: return []
        case .positive(let example): return [example]
        case .positiveAfterNegative(let example):
            counts.positivesLate += 1
            return [example]
        }
    }

    private mutating func applyTouch(
        _ touch: Touch, event: Event, subject: Subject, at time: EventTime, catalog: (Subject) -> CatalogItem?
    ) {
        let item = itemAdding(subject, at: time)
        if items[item].category < 0 {
            let category = event.properties["category"]?.stringValue ?? catalog(subject)?.category
            if let category { items.setCategory(category, of: item) }
        }
        items.addPopularity(item, log2Weight: popularityDecay.log2(weight: touch.weight, at: time))
        let person = personAdding(event.person)
        countTogether(item, person: person, weight: touch.weight, at: time)
        note(touch, item: item, person: person, at: time)
    }

    /// Counts the item with what the person touched shortly before; once a session.
    private mutating func countTogether(_ item: Int32, person: Int32, weight: Double, at time: EventTime) {
        let minute = Minute.of(time)
        let gap = Minute.count(options.sessionGap)
        var others: [Int32] = []
        for entry in people[person].entries.reversed() {
            guard abs(Int(minute) - Int(entry.touchedLastMinute)) <= Int(gap) else { break }
            guard entry.item != item else { return }
            if others.count < Touch.togetherCountMax { others.append(entry.item) }
        }
        let log2Weight = togetherDecay.log2(weight: weight, at: time)
        items.addSession(item, log2Weight: log2Weight)
        neighbours.reserve(itemCount: items.count)
        for other in others {
            neighbours.add(other, to: item, log2Weight: log2Weight)
            neighbours.add(item, to: other, log2Weight: log2Weight)
        }
    }

    private mutating func note(_ touch: Touch, item: Int32, person: Int32, at time: EventTime) {
        let minute = Minute.of(time)
        var entry = people[person].entry(of: item) ?? HistoryEntry(item: item, touchedLastMinute: minute)
        entry.touchedLastMinute = max(entry.touchedLastMinute, minute)
        people[person].seenLastMinute = max(people[person].seenLastMinute, minute)
        if touch == .purchase {
            items.countPurchase(item, isFirst: entry.bought == 0)
            if entry.bought == 0 { entry.boughtFirstMinute = minute }
            entry.boughtFirstMinute = min(entry.boughtFirstMinute, minute)
            entry.boughtRecently =
                1 + RecentCount.decayed(entry.boughtRecently, from: entry.boughtLastMinute, to: minute)
            entry.boughtLastMinute = max(entry.boughtLastMinute, minute)
            entry.bought = min(entry.bought, .max - 1) + 1
            people[person].countBasket(minute: minute, gap: Minute.count(options.sessionGap))
        } else {
            entry.touched = min(entry.touched, .max - 1) + 1
        }
        people[person].put(entry, countMax: options.historyCountMax)
    }

    /// A fifth of the subjects, the least popular, makes room where there are too many.
    private mutating func itemAdding(_ subject: Subject, at time: EventTime) -> Int32 {
        if items.count >= max(options.itemCountMax, 5), items.index(of: subject) == nil {
            let renamed = items.compact(countKept: items.count * 4 / 5)
            neighbours.rename(renamed, itemCount: items.count)
            people.rename(renamed)
        }
        return items.indexAdding(subject, at: time)
    }

    /// A fifth of the people, those not seen for longest, makes room where there are too many.
    private mutating func personAdding(_ person: PersonID) -> Int32 {
        if people.count >= max(options.personCountMax, 5), people.index(of: person) == nil {
            people.compact(countKept: people.count * 4 / 5)
        }
        return people.indexAdding(person)
    }
}
