import Base
import Domain

/// Orders by number, the totals of their days, and what changed a day that was over. A function of the journal alone.
struct OrderTable: Sendable {
    struct Record: Sendable {
        let key: OrderKey
        let person: PersonID
        var order: Order
        var factCountLost = 0
        var summary: Summary
    }

    /// What a list filters by, so that no order has to be judged anew for it.
    struct Summary: Sendable, Equatable {
        let state: OrderState
        let hasConflict: Bool
        let day: CalendarDay  // Of the first payment, else of the making, else of the first fact.
    }

    struct DayKey: Hashable, Sendable {
        let day: CalendarDay
        let currency: Currency
    }

    struct SourceDayKey: Hashable, Sendable {
        let source: SourceName
        let day: DayKey
    }

    struct Day: Sendable {
        var totals = OrderTotals()
        let firstReceivedDay: CalendarDay
        var restatementCount = 0
    }

    let rules: OrderRules
    var sequenceEnd: UInt64 = 0
    var firstReceivedDay: CalendarDay?  // Of any fact: days before were not watched.
    private(set) var records: [Record] = []
    private(set) var places: [OrderKey: Int32] = [:]
    private(set) var sources: Set<SourceName> = []
    var days: [DayKey: Day] = [:]
    private(set) var sourceDays: [SourceDayKey: OrderTotals] = [:]
    var restatements = RestatementList()

    init(rules: OrderRules) { self.rules = rules }

    /// Applies one event; a sequence that was applied before changes nothing.
    mutating func apply(sequence: UInt64, event: Event) {
        guard sequence >= sequenceEnd else { return }
        sequenceEnd = sequence + 1
        guard let kind = OrderFact.Kind(event.name) else { return }
        let fact = OrderFact(kind: kind, time: event.time, amount: event.value, sequence: sequence)
        let place = place(of: OrderKey(event), person: event.person)
        guard records[place].order.facts.count < rules.factCountMax else {
            records[place].factCountLost += 1
            return
        }
        let before = records[place].order.standing
        records[place].order.add(fact)
        let after = records[place].order.standing
        records[place].summary = summary(of: records[place].order, after)
        let receivedDay = rules.zone.day(of: event.receivedAt)
        firstReceivedDay = firstReceivedDay ?? receivedDay
        move(from: before, to: after, because: RestatementList.Reason(event), sequence, records[place].key)
    }

    private mutating func place(of key: OrderKey, person: PersonID) -> Int {
        if let place = places[key] { return Int(place) }
        let nothing = Summary(state: .created, hasConflict: false, day: CalendarDay(daysSince1970: 0))
        return restore(Record(key: key, person: person, order: Order(), summary: nothing))
    }

    /// - Precondition: No order has this key.
    @discardableResult
    mutating func restore(_ record: Record) -> Int {
        let place = records.count
        records.append(record)
        places[record.key] = Int32(clamping: place)
        sources.insert(record.key.source)
        return place
    }

    func summary(of order: Order, _ standing: OrderStanding) -> Summary {
        let time = standing.paidAt ?? standing.createdAt ?? order.facts.first?.time
        return Summary(
            state: standing.state, hasConflict: !standing.conflicts.isEmpty,
            day: rules.zone.day(of: time ?? EventTime(clampingUnixMs: 0)))
    }

    /// - Parameter kept: Some of the records, in their order.
    mutating func replace(records kept: [Record]) {
        records = kept
        places = Dictionary(
            kept.enumerated().map { ($1.key, Int32(clamping: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Days

    func dayKey(_ standing: OrderStanding) -> DayKey? {
        standing.paidAt.map {
            DayKey(day: rules.zone.day(of: $0), currency: standing.currency ?? rules.currency)
        }
    }

    mutating func move(
        from before: OrderStanding, to after: OrderStanding, because reason: RestatementList.Reason,
        _ sequence: UInt64, _ key: OrderKey
    ) {
        let receivedDay = rules.zone.day(of: reason.receivedAt)
        let (old, new) = (dayKey(before), dayKey(after))
        let (less, more) = (OrderTotals(of: before), OrderTotals(of: after))
        guard old != new || less != more else { return }
        let cause = RestatementList.Cause(
            reason: reason, sequence: sequence, orderID: reason.isErasure ? "" : key.id)
        if let old, old != new { change(old, key.source, cause, receivedDay) { $0 -= less } }
        if let new {
            change(new, key.source, cause, receivedDay) { totals in
                if old == new { totals -= less }
                totals += more
            }
        }
    }

    private mutating func change(
        _ key: DayKey, _ source: SourceName, _ cause: RestatementList.Cause, _ receivedDay: CalendarDay,
        _ body: (inout OrderTotals) -> Void
    ) {
        let isClosed = isClosed(key, on: receivedDay)
        var day = days[key] ?? Day(firstReceivedDay: receivedDay)
        let before = day.totals
        body(&day.totals)
        if isClosed {
            day.restatementCount += restatements.add(
                day: key, before: before, after: day.totals, cause, countMax: rules.restatementCountMax)
        }
        days[key] = day
        body(&sourceDays[SourceDayKey(source: source, day: key), default: OrderTotals()])
    }

    /// A day is closed once it is over and its number could be read: orders were coming in on that day already, or
    /// something of the day was there on an earlier day. A first import of the past restates nothing.
    private func isClosed(_ key: DayKey, on receivedDay: CalendarDay) -> Bool {
        guard key.day < receivedDay else { return false }
        if let firstReceivedDay, firstReceivedDay <= key.day { return true }
        return days[key].map { $0.firstReceivedDay < receivedDay } ?? false
    }

    /// What an order adds to its day, of a snapshot's record; the day's own entry comes from the snapshot.
    mutating func countForSource(_ record: Record, _ standing: OrderStanding) {
        guard let key = dayKey(standing) else { return }
        sourceDays[SourceDayKey(source: record.key.source, day: key), default: OrderTotals()] += OrderTotals(
            of: standing)
    }
}
