public import Base
public import Domain
import Synchronization

/// The orders of all sources, as a projection of the journal: one thread applies events, any number read.
public final class OrderBook: Sendable {
    /// Which orders a list shows; nil: all.
    public struct Filter: Sendable {
        public var state: OrderState?
        public var people: Set<PersonID>?
        public var source: SourceName?
        public var days: ClosedRange<CalendarDay>?  // Of the first payment, else of the making.
        public var hasConflict: Bool?

        public init() {}
    }

    /// A part of a list, and where the next one begins; nil at the end.
    public struct Page<Row: Sendable>: Sendable {
        public let rows: [Row]
        public let next: Int?
    }

    private let table: Mutex<OrderTable>
    private static let scanCount = 20_000  // Orders looked at under one lock: some milliseconds.

    public convenience init(rules: OrderRules) { self.init(OrderTable(rules: rules)) }

    init(_ table: OrderTable) { self.table = Mutex(table) }

    /// The next sequence that is expected; those before it were applied.
    public var sequenceEnd: UInt64 { table.withLock { $0.sequenceEnd } }
    public var orderCount: Int { table.withLock { $0.records.count } }
    public var restatementCount: Int { table.withLock { $0.restatements.countDropped + $0.restatements.rows.count } }
    public var rules: OrderRules { table.withLock { $0.rules } }
    public var currency: Currency { table.withLock { $0.rules.currency } }
    public var zone: DayZone { table.withLock { $0.rules.zone } }

    /// Applies one event; a sequence that was applied before changes nothing.
    public func apply(sequence: UInt64, event: Event) { table.withLock { $0.apply(sequence: sequence, event: event) } }

    /// As `apply`; a record that holds no event is passed over.
    public func pass(sequence: UInt64, event: Event?) {
        table.withLock { table in
            if let event { table.apply(sequence: sequence, event: event) }
            table.sequenceEnd = max(table.sequenceEnd, sequence + 1)
        }
    }

    /// Forgets the orders of some people, and what some events told of others; at the place `sequence` of the journal.
    public func erase(
        at sequence: UInt64, askedAt: EventTime, people isErased: (PersonID) -> Bool, events: Set<UInt64>
    ) {
        table.withLock { $0.erase(at: sequence, askedAt: askedAt, people: isErased, events: events) }
    }

    /// How many orders of some people have a fact from before a place of the journal.
    public func count(ofPeople isOne: (PersonID) -> Bool, before end: UInt64) -> Int {
        copy.records.count { record in
            record.order.facts.contains { $0.sequence < end } && isOne(record.person)
        }
    }

    public func order(_ key: OrderKey) -> KnownOrder? {
        table.withLock { table in table.places[key].map { KnownOrder(table.records[Int($0)]) } }
    }

    /// Whoever speaks of an order with this number, in order of name.
    public func sources(ofOrder id: String) -> [SourceName] {
        table.withLock { table in
            table.sources.filter { table.places[OrderKey(source: $0, id: id)] != nil }.sorted()
        }
    }

    /// All sources that have told of an order, in order of name.
    public var sources: [SourceName] { table.withLock { $0.sources.sorted() } }

    /// Orders, those that were told of last first.
    ///
    /// - Parameter before: `next` of the page before; nil for the first.
    /// - Complexity: O(orders) where few match.
    public func orders(_ filter: Filter, before: Int? = nil, countMax: Int) -> Page<KnownOrder> {
        var rows: [KnownOrder] = []
        var end = before ?? .max
        while end > 0, rows.count <= countMax {
            let (found, reached) = table.withLock { table in
                Self.scan(table, filter, before: end, countMax: countMax + 1 - rows.count)
            }
            rows += found
            end = reached
        }
        let hasMore = rows.count > countMax
        return Page(rows: Array(rows.prefix(countMax)), next: hasMore ? end + 1 : nil)
    }

    /// - Returns: What was found, and the place down to which all was looked at; of the last one where there is enough.
    private static func scan(
        _ table: OrderTable, _ filter: Filter, before: Int, countMax: Int
    ) -> (found: [KnownOrder], end: Int) {
        let start = min(before, table.records.count)
        let end = max(0, start - scanCount)
        var found: [KnownOrder] = []
        for place in (end..<start).reversed() where filter.matches(table.records[place]) {
            found.append(KnownOrder(table.records[place]))
            if found.count == countMax { return (found, place) }
        }
        return (found, end)
    }

    /// The totals of the days within `days`, the newest first; one row a currency.
    ///
    /// - Parameter source: Only its orders; nil for all.
    public func totals(_ days: ClosedRange<CalendarDay>, source: SourceName? = nil) -> [DayTotals] {
        table.withLock { table in
            let keys = table.days.keys.filter { days.contains($0.day) }
            return keys.compactMap { key -> DayTotals? in
                let entry = table.days[key]
                let totals =
                    source.map { table.sourceDays[OrderTable.SourceDayKey(source: $0, day: key)] } ?? entry?.totals
                guard let totals, totals != OrderTotals() || source == nil else { return nil }
                return DayTotals(
                    day: key.day, currency: key.currency, source: source, totals: totals,
                    restatementCount: entry?.restatementCount ?? 0)
            }
        }.sorted { ($1.day, $0.currency.code) < ($0.day, $1.currency.code) }
    }

    /// The days that there are orders of; nil where there is none.
    public var days: ClosedRange<CalendarDay>? {
        let days = table.withLock { $0.days.keys.map(\.day) }
        guard let first = days.min(), let last = days.max() else { return nil }
        return first...last
    }

    /// Numbers of past days that changed, the newest change first.
    ///
    /// - Parameters:
    ///   - metrics: Only changes of any of these numbers; nil for all.
    ///   - before: `next` of the page before; nil for the first.
    public func restatements(
        days: ClosedRange<CalendarDay>? = nil, of metrics: Set<OrderMetric>? = nil, before: Int? = nil, countMax: Int
    ) -> Page<Restatement> {
        let rows = table.withLock { $0.restatements.rows }
        var found: [Restatement] = []
        for row in rows.reversed() where row.id < before ?? .max {
            guard days?.contains(row.day) ?? true,
                metrics.map({ $0.contains(where: row.isChanged) }) ?? (row.before != row.after)
            else { continue }
            guard found.count < countMax else { return Page(rows: found, next: found.last?.id) }
            found.append(row)
        }
        return Page(rows: found, next: nil)
    }

    var copy: OrderTable { table.withLock { $0 } }
}

extension OrderBook.Filter {
    fileprivate func matches(_ record: OrderTable.Record) -> Bool {
        if let state, state != record.summary.state { return false }
        if let source, source != record.key.source { return false }
        if let hasConflict, hasConflict != record.summary.hasConflict { return false }
        if let days, !days.contains(record.summary.day) { return false }
        if let people, !people.contains(record.person) { return false }
        return true
    }
}

extension KnownOrder {
    init(_ record: OrderTable.Record) {
        self.init(
            key: record.key, person: record.person, order: record.order, factCountLost: record.factCountLost)
    }
}
