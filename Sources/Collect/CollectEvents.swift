public import Base
public import Domain

/// What became of one element of a request.
public struct Receipt: Sendable, Equatable {
    public enum Status: Sendable, Equatable {
        case accepted
        case duplicate
        case quarantined(Refusal, quarantineID: Int64)
        case rejected(Refusal)  // Not kept: the tracking plan says so.

        /// Why it was not taken; nil where it was.
        public var refusal: Refusal? {
            switch self {
            case .accepted, .duplicate: nil
            case .quarantined(let refusal, _), .rejected(let refusal): refusal
            }
        }
    }

    public let index: Int  // 0-based position in the request.
    public let id: EventID?  // Nil where the event was too broken to have one.
    public let status: Status
}

/// What became of a request: a receipt for each element, and the name under which they can be had again.
public struct Collected: Sendable, Equatable {
    public let id: ReceiptID
    public let receipts: [Receipt]  // One per element, in order.
}

/// An element set aside, with all that is needed to show it and to try it again.
public struct QuarantineEntry: Sendable, Equatable {
    public let receivedAt: EventTime
    public let source: SourceName
    public let format: WireFormat
    public let refusal: Refusal
    public let body: [UInt8]

    public init(receivedAt: EventTime, source: SourceName, format: WireFormat, refusal: Refusal, body: [UInt8]) {
        self.receivedAt = receivedAt
        self.source = source
        self.format = format
        self.refusal = refusal
        self.body = body
    }
}

/// An element that lies in quarantine, to be tried again.
public struct QuarantinedElement: Sendable {
    public let id: Int64
    public let entry: QuarantineEntry
    /// What it stands for by the mapping of its source; nil where its format tells.
    public let read: WireItem?

    public init(id: Int64, entry: QuarantineEntry, read: WireItem? = nil) {
        self.id = id
        self.entry = entry
        self.read = read
    }
}

/// An event with the key under which the journal recognises its retries, and its bytes there.
public struct KeyedEvent: Sendable, Equatable {
    public let key: Hash128
    public let id: EventID
    public let payload: [UInt8]  // As `EventCodec.encode` writes the event.
}

/// What collecting needs of the world.
public struct CollectPorts: Sendable {
    /// Makes the events durable, in order, and behind them the receipt that is made of the answers: true where an event
    /// was new, false where its key was known.
    public var append:
        @Sendable (_ events: [KeyedEvent], _ receipt: @escaping @Sendable ([Bool]) -> CollectReceipt)
            async throws(CollectError) -> Appended
    /// Makes the entries durable; returns their ids, in order. An entry that is there already keeps its id.
    public var quarantine: @Sendable ([QuarantineEntry]) async throws(CollectError) -> [Int64]
    public var now: @Sendable () -> EventTime
    /// The tracking plan in force. Asked once a request.
    public var plan: @Sendable () -> EnforcedPlan

    public struct Appended: Sendable, Equatable {
        public let isNew: [Bool]
        public let receipt: ReceiptID

        public init(isNew: [Bool], receipt: ReceiptID) {
            self.isNew = isNew
            self.receipt = receipt
        }
    }

    public init(
        append:
            @escaping @Sendable (_ events: [KeyedEvent], _ receipt: @escaping @Sendable ([Bool]) -> CollectReceipt)
            async throws(CollectError) -> Appended,
        quarantine: @escaping @Sendable ([QuarantineEntry]) async throws(CollectError) -> [Int64],
        now: @escaping @Sendable () -> EventTime,
        plan: @escaping @Sendable () -> EnforcedPlan = { .none }
    ) {
        self.append = append
        self.quarantine = quarantine
        self.now = now
        self.plan = plan
    }
}

/// Takes a request's events: each is accepted, recognised as a duplicate, or set aside with a reason. What is
/// answered is on disk.
public struct CollectEvents: Sendable {
    public let limits: CollectLimits
    private let key: HashKey
    private let ports: CollectPorts
    private let gate: SourceGate

    /// - Parameter key: The store's secret, so that nobody can make two ids collide.
    public init(limits: CollectLimits, key: HashKey, ports: CollectPorts, gate: SourceGate = SourceGate()) {
        self.limits = limits
        self.key = key
        self.ports = ports
        self.gate = gate
    }

    /// Whether a source may send now: for before its request is read.
    public func checkPace(of source: SourceName, byteCount: Int) throws(CollectError) {
        try gate.check(source, byteCount: byteCount, now: ports.now())
    }

    /// - Parameter byteCount: Of the request's body, for the receipt.
    /// - Throws: `CollectError`; then no event was acknowledged, and a retry with the same ids is safe.
    public func callAsFunction(
        _ items: [WireItem], format: WireFormat, source: SourceName, byteCount: Int = 0
    ) async throws(CollectError) -> Collected {
        try checkCount(items)
        let receivedAt = ports.now()
        try gate.enter(source, eventCount: items.count, byteCount: byteCount, now: receivedAt)
        defer { gate.leave(source, byteCount: byteCount) }
        let validation = validation(source: source, receivedAt: receivedAt)
        let checked = await validate(items, with: validation)
        let entries = zip(items, checked).compactMap { item, result -> QuarantineEntry? in
            guard case .refused(let refusal) = result, refusal.isKept else { return nil }
            return QuarantineEntry(
                receivedAt: receivedAt, source: source, format: format, refusal: refusal, body: item.body)
        }
        let ids = entries.isEmpty ? [] : try await ports.quarantine(entries)
        let head = ReceiptHead(
            receivedAt: receivedAt, source: source, format: format, byteCount: byteCount, isReplay: false)
        return try await append(checked, quarantineIDs: ids, head)
    }

    /// What would become of the items: nothing is taken or set aside, and what is known already counts as new.
    public func trial(_ items: [WireItem], source: SourceName) throws(CollectError) -> [Receipt] {
        try checkCount(items)
        let validation = validation(source: source, receivedAt: ports.now())
        return items.enumerated().map { index, item in
            switch validate(item, with: validation) {
            case .event(let event): Receipt(index: index, id: event.id, status: .accepted)
            case .events(let events): Receipt(index: index, id: events.first?.id, status: .accepted)
            case .refused(let refusal):
                Receipt(
                    index: index, id: nil,
                    status: refusal.isKept ? .quarantined(refusal, quarantineID: 0) : .rejected(refusal))
            }
        }
    }

    private func validation(source: SourceName, receivedAt: EventTime) -> DraftValidation {
        DraftValidation(limits: limits, source: source, receivedAt: receivedAt, key: key, plan: ports.plan())
    }

    private func checkCount(_ items: [WireItem]) throws(CollectError) {
        guard !items.isEmpty else { throw .empty }
        guard items.count <= limits.eventsPerRequestMax else {
            throw .tooManyEvents(count: items.count, countMax: limits.eventsPerRequestMax)
        }
    }

    /// Tries quarantined elements again, under their source and with their own times of receipt. One that is refused
    /// again stays where it is: no second entry is made.
    ///
    /// - Precondition: All are of one source and one format.
    /// - Throws: `CollectError`; then none was taken.
    public func callAsFunction(retrying elements: [QuarantinedElement]) async throws(CollectError) -> Collected {
        guard let first = elements.first?.entry else { throw .empty }
        precondition(elements.allSatisfy { $0.entry.source == first.source && $0.entry.format == first.format })
        let checked = elements.map { element in
            let validation = validation(source: first.source, receivedAt: element.entry.receivedAt)
            return validate(element.read ?? Self.item(element.entry), with: validation).kept
        }
        let refusedIDs = zip(elements, checked).compactMap { element, result -> Int64? in
            if case .refused = result { element.id } else { nil }
        }
        let head = ReceiptHead(
            receivedAt: ports.now(), source: first.source, format: first.format,
            byteCount: elements.reduce(0) { $0 + $1.entry.body.count }, isReplay: true)
        return try await append(checked, quarantineIDs: refusedIDs, head)
    }

    private static func item(_ entry: QuarantineEntry) -> WireItem {
        do throws(JSONError) {
            return entry.format.item(try JSON.parse(entry.body))
        } catch {
            return WireItem(drafts: .failure(Refusal(.malformedJSON, error.reason)), body: entry.body)
        }
    }

    /// The key of (source, id): the same in every process that has the store's secret.
    public static func key(source: SourceName, id: EventID, secret: HashKey) -> Hash128 {
        Hash128(of: keyHead(of: source), id.text.utf8Span.span, key: secret)
    }

    /// What the keyed bytes of all events of a source begin with; the id follows.
    static func keyHead(of source: SourceName) -> [UInt8] { Array(source.text.utf8) + [0] }

    /// What one element stands for, or the first refusal in it: it is taken whole or not at all.
    private enum Checked {
        case event(KeyedEvent)
        case events([KeyedEvent])
        case refused(Refusal)

        /// The same of an element that is in quarantine already: there it stays.
        var kept: Checked {
            if case .refused(let refusal) = self {
                .refused(Refusal(refusal.reason, refusal.detail, violations: refusal.violations))
            } else {
                self
            }
        }

        var eventCount: Result<Int, Refusal> {
            switch self {
            case .event: .success(1)
            case .events(let events): .success(events.count)
            case .refused(let refusal): .failure(refusal)
            }
        }
    }

    /// In turns: between two, requests that are quickly answered get theirs.
    private func validate(_ items: [WireItem], with validation: DraftValidation) async -> [Checked] {
        var checked: [Checked] = []
        checked.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            if index > 0, index % Self.itemsPerTurn == 0 { await Task.yield() }
            checked.append(validate(item, with: validation))
        }
        return checked
    }

    private static let itemsPerTurn = 1000  // Some milliseconds.

    private func validate(_ item: WireItem, with validation: DraftValidation) -> Checked {
        if case .native(let flat, let place) = item.content, let event = validation.direct(flat, place) {
            return .event(event)
        }
        do throws(Refusal) {
            var events: [KeyedEvent] = []
            for draft in try item.drafts.get() {
                let (event, payload) = try validation(draft)
                let id = Self.key(source: event.source, id: event.id, secret: key)
                events.append(KeyedEvent(key: id, id: event.id, payload: payload))
            }
            return .events(events)
        } catch {
            return .refused(error)
        }
    }

    private func append(
        _ checked: [Checked], quarantineIDs: [Int64], _ head: ReceiptHead
    ) async throws(CollectError) -> Collected {
        var events: [KeyedEvent] = []
        events.reserveCapacity(checked.count)
        for element in checked {
            switch element {
            case .event(let event): events.append(event)
            case .events(let several): events += several
            case .refused: break
            }
        }
        let elements = checked.map(\.eventCount)
        let appended = try await ports.append(events) { isNew in
            head.receipt(elements, isNew: isNew, quarantineIDs: quarantineIDs)
        }
        return Collected(
            id: appended.receipt,
            receipts: Self.receipts(checked, isNew: appended.isNew, quarantineIDs: quarantineIDs))
    }

    private static func receipts(_ checked: [Checked], isNew: [Bool], quarantineIDs: [Int64]) -> [Receipt] {
        var answers = isNew[...]
        var ids = quarantineIDs[...]
        func taken(_ eventCount: Int) -> Receipt.Status {
            let isAccepted = answers.prefix(eventCount).contains(true)
            answers = answers.dropFirst(eventCount)
            return isAccepted ? .accepted : .duplicate
        }
        return checked.enumerated().map { index, element in
            switch element {
            case .event(let event): return Receipt(index: index, id: event.id, status: taken(1))
            case .events(let events):
                return Receipt(index: index, id: events.first?.id, status: taken(events.count))
            case .refused(let refusal) where !refusal.isKept:
                return Receipt(index: index, id: nil, status: .rejected(refusal))
            case .refused(let refusal):
                return Receipt(
                    index: index, id: nil, status: .quarantined(refusal, quarantineID: ids.popFirst() ?? 0))
            }
        }
    }
}
