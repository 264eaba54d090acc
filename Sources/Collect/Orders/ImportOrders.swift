public import Base
public import Domain

/// Takes a table of orders as they stand: what is new in each row becomes events, through the same checks as those that
/// are sent.
///
/// The events of an order have ids that follow from what they tell, so the export of the next day gives only what
/// happened since.
public struct ImportOrders: Sendable {
    /// What is known of an order, and whose it is.
    public struct Known: Sendable {
        public let order: Order
        public let person: PersonID

        public init(order: Order, person: PersonID) {
            self.order = order
            self.person = person
        }
    }

    public struct Ports: Sendable {
        /// With all that was taken before; nil where the order is not known.
        public var known: @Sendable (OrderKey) -> Known?
        /// The ids of the journal's events.
        public var ids: @Sendable (_ sequences: [UInt64]) throws(CollectError) -> Set<EventID>
        /// Returns once `known` sees all that is on disk.
        public var settle: @Sendable () throws(CollectError) -> Void

        public init(
            known: @escaping @Sendable (OrderKey) -> Known?,
            ids: @escaping @Sendable (_ sequences: [UInt64]) throws(CollectError) -> Set<EventID>,
            settle: @escaping @Sendable () throws(CollectError) -> Void
        ) {
            self.known = known
            self.ids = ids
            self.settle = settle
        }
    }

    public enum Outcome: Sendable, Equatable {
        case taken  // Something in the row was new.
        case known  // Nothing was.
        case refused(Refusal)
    }

    private let collect: CollectEvents
    private let source: SourceName
    private let values: TableValues
    private let key: HashKey
    private let ports: Ports

    /// - Parameter key: The store's secret; ids of orders with long numbers are hashed with it.
    public init(collect: CollectEvents, source: SourceName, values: TableValues, key: HashKey, ports: Ports) {
        self.collect = collect
        self.source = source
        self.values = values
        self.key = key
        self.ports = ports
    }

    /// - Parameter rows: Each a record of `into: orders`, or why there is none.
    /// - Returns: One outcome a row, in order; what is taken is on disk then.
    public func callAsFunction(_ rows: [Result<JSON, Refusal>]) async throws(CollectError) -> [Outcome] {
        let plans = try plan(rows)
        let events = plans.flatMap { (try? $0.get()) ?? [] }
        guard !events.isEmpty else { return Self.outcomes(plans, []) }
        let items = events.map { WireFormat.native.item($0) }
        let receipts = try await collect(items, format: .native, source: source).receipts[...]
        try ports.settle()
        return Self.outcomes(plans, receipts)
    }

    /// What would become of the rows; nothing is taken.
    public func trial(_ rows: [Result<JSON, Refusal>]) throws(CollectError) -> [Outcome] {
        let plans = try plan(rows)
        let events = plans.flatMap { (try? $0.get()) ?? [] }
        guard !events.isEmpty else { return Self.outcomes(plans, []) }
        return Self.outcomes(plans, try collect.trial(events.map { WireFormat.native.item($0) }, source: source)[...])
    }

    private func plan(_ rows: [Result<JSON, Refusal>]) throws(CollectError) -> [Result<[JSON], Refusal>] {
        var batch = Batch()
        var plans: [Result<[JSON], Refusal>] = []
        for row in rows { plans.append(try plan(row, &batch)) }
        return plans
    }

    /// One a plan, by the receipts of all their events in order.
    private static func outcomes(
        _ plans: [Result<[JSON], Refusal>], _ receipts: ArraySlice<Receipt>
    ) -> [Outcome] {
        var receipts = receipts
        return plans.map { plan in
            let count = (try? plan.get().count) ?? 0
            defer { receipts = receipts.dropFirst(count) }
            return outcome(plan, receipts.prefix(count))
        }
    }

    /// What the rows before in the same batch have said.
    private struct Batch {
        var orders: [OrderKey: Known] = [:]
        var ids: Set<String> = []
    }

    private static func outcome(_ plan: Result<[JSON], Refusal>, _ receipts: ArraySlice<Receipt>) -> Outcome {
        if case .failure(let refusal) = plan { return .refused(refusal) }
        if let refusal = receipts.lazy.compactMap(\.status.refusal).first { return .refused(refusal) }
        return receipts.contains { $0.status == .accepted } ? .taken : .known
    }

    /// The events that are new in a row.
    private func plan(
        _ row: Result<JSON, Refusal>, _ batch: inout Batch
    ) throws(CollectError) -> Result<[JSON], Refusal> {
        let read: OrderRow
        do throws(Refusal) { read = try OrderRow(try row.get(), values) } catch { return .failure(error) }
        let key = OrderKey(source: source, id: read.order)
        let known = batch.orders[key] ?? ports.known(key)
        switch read.content {
        case .claim(let claim): return claimed(claim, read, known, key, &batch)
        case .refund(let id, let amount, let time):
            guard let known else {
                let why = "the order of this refund is not known under the source \(source.text): import it first"
                return .failure(Refusal(.invalidOrder, why))
            }
            let eventID = self.eventID("refund:\(read.order):\(id)")
            let isTold = try isTold(eventID, known.order, batch)
            guard !isTold else { return .success([]) }
            let fact = OrderFact(kind: .refunded, time: time, amount: amount, sequence: .max)
            return refunded(fact, eventID, read, known, key, &batch)
        }
    }

    private func claimed(
        _ claim: OrderClaim, _ row: OrderRow, _ known: Known?, _ key: OrderKey, _ batch: inout Batch
    ) -> Result<[JSON], Refusal> {
        guard let person = row.person ?? known.map({ .string($0.person.text) }) ?? Self.firstID(row.identifiers) else {
            return .failure(Refusal(.missingPerson, "`person` is missing: whose order is it?"))
        }
        var order = known?.order ?? Order()
        let facts: [ClaimedFact]
        do throws(OrderContradiction) { facts = try claim.facts(missingFrom: order) } catch {
            return .failure(Refusal(.orderContradiction, error.description))
        }
        for fact in facts { order.add(fact.fact(sequence: .max)) }
        if let id = person.stringValue.flatMap({ PersonID($0) }) {
            batch.orders[key] = Known(order: order, person: known?.person ?? id)
        }
        let sender = row.identifiers == nil ? person : row.person
        var events = facts.map { fact in
            let mark = fact.mark.isEmpty ? "" : ":\(fact.mark)"
            return event(
                fact.kind.eventName, eventID("order:\(row.order):\(fact.kind)\(mark)"), fact.time,
                fact.amount, subject: "order:\(row.order)", row, person: sender)
        }
        if let line = row.line, let paidAt = order.standing.paidAt {
            let id = eventID("order:\(row.order):line:\(line.id)")
            if batch.ids.insert(id).inserted { events.append(lineEvent(line, id, paidAt, row, sender)) }
        }
        return .success(events)
    }

    private func refunded(
        _ fact: OrderFact, _ eventID: String, _ row: OrderRow, _ known: Known, _ key: OrderKey, _ batch: inout Batch
    ) -> Result<[JSON], Refusal> {
        var order = known.order
        order.add(fact)
        if let conflict = order.standing.conflicts.first(where: { $0.fact == fact }) {
            return .failure(Refusal(.orderContradiction, conflict.explanation))
        }
        batch.orders[key] = Known(order: order, person: known.person)
        batch.ids.insert(eventID)
        let person = row.identifiers == nil ? row.person ?? .string(known.person.text) : row.person
        return .success([
            event(
                .orderRefunded, eventID, fact.time, fact.amount, subject: "order:\(row.order)", row, person: person)
        ])
    }

    private func isTold(_ id: String, _ order: Order, _ batch: Batch) throws(CollectError) -> Bool {
        if batch.ids.contains(id) { return true }
        let refunds = order.facts.filter { $0.kind == .refunded && $0.sequence != .max }.map(\.sequence).sorted()
        guard !refunds.isEmpty else { return false }
        return try ports.ids(refunds).contains(EventID(validated: id))
    }

    // MARK: Events

    private func event(
        _ name: EventName, _ id: String, _ time: EventTime, _ amount: Money?, subject: String, _ row: OrderRow,
        person: JSON?
    ) -> JSON {
        var object = JSONObject()
        object.append("id", .string(id))
        if let person { object.append("person", person) }
        if let identifiers = row.identifiers { object.append("ids", identifiers) }
        object.append("name", .string(name.text))
        if let channel = row.channel { object.append("channel", channel) }
        object.append("time", .string(time.iso8601))
        object.append("subject", .string(subject))
        if let amount {
            object.append("value", ["minor": .int(amount.minor), "currency": .string(amount.currency.code)])
        }
        if !row.properties.isEmpty { object.append("properties", .object(row.properties)) }
        return .object(object)
    }

    private func lineEvent(
        _ line: OrderRow.Line, _ id: String, _ time: EventTime, _ row: OrderRow, _ person: JSON?
    ) -> JSON {
        let event = event(
            .productPurchased, id, time, line.amount, subject: "product:\(line.product)", row, person: person)
        var properties = row.properties
        properties["order"] = .string(row.order)
        if let quantity = line.quantity { properties["quantity"] = .int(quantity) }
        guard var object = event.objectValue else { return event }
        object["properties"] = .object(properties)
        return .object(object)
    }

    /// A readable id where it fits.
    private func eventID(_ text: String) -> String {
        text.utf8.count <= EventID.utf8CountMax ? text : "order-" + Hash128(of: Array(text.utf8), key: key).hex
    }

    private static func firstID(_ json: JSON?) -> JSON? {
        guard let value = json?.objectValue?.members.first?.value else { return nil }
        return value.arrayValue?.first ?? value
    }
}
