public import Base
public import Domain

/// What became of one element of a request.
public struct Receipt: Sendable, Equatable {
    public enum Status: Sendable, Equatable {
        case accepted
        case duplicate
        case quarantined(Refusal, quarantineID: Int64)
    }

    public let index: Int  // 0-based position in the request.
    public let id: EventID?  // Nil where the event was too broken to have one.
    public let status: Status
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

/// An event with the key under which the journal recognises its retries, and its bytes there.
public struct KeyedEvent: Sendable, Equatable {
    public let key: Hash128
    public let event: Event
    public let payload: [UInt8]  // `EventCodec.encode(event)`.
}

/// What collecting needs of the world.
public struct CollectPorts: Sendable {
    /// Makes the events durable, in order. True where an event was new, false where its key was known.
    public var append: @Sendable ([KeyedEvent]) async throws(CollectError) -> [Bool]
    /// Makes the entries durable; returns their ids, in order.
    public var quarantine: @Sendable ([QuarantineEntry]) async throws(CollectError) -> [Int64]
    public var now: @Sendable () -> EventTime

    public init(
        append: @escaping @Sendable ([KeyedEvent]) async throws(CollectError) -> [Bool],
        quarantine: @escaping @Sendable ([QuarantineEntry]) async throws(CollectError) -> [Int64],
        now: @escaping @Sendable () -> EventTime
    ) {
        self.append = append
        self.quarantine = quarantine
        self.now = now
    }
}

/// Takes a request's events: each is accepted, recognised as a duplicate, or set aside with a reason. What is
/// answered is on disk.
public struct CollectEvents: Sendable {
    public let limits: CollectLimits
    private let key: HashKey
    private let ports: CollectPorts

    /// - Parameter key: The store's secret, so that nobody can make two ids collide.
    public init(limits: CollectLimits, key: HashKey, ports: CollectPorts) {
        self.limits = limits
        self.key = key
        self.ports = ports
    }

    /// - Returns: One receipt per item, in order.
    /// - Throws: `CollectError`; then nothing was acknowledged, and a retry with the same ids is safe.
    public func callAsFunction(
        _ items: [WireItem], format: WireFormat, source: SourceName
    ) async throws(CollectError) -> [Receipt] {
        guard !items.isEmpty else { throw .empty }
        guard items.count <= limits.eventsPerRequestMax else {
            throw .tooManyEvents(count: items.count, countMax: limits.eventsPerRequestMax)
        }
        let receivedAt = ports.now()
        let validation = DraftValidation(limits: limits, source: source, receivedAt: receivedAt, key: key)
        let checked = items.map { validate($0, with: validation) }
        let isNew = try await append(checked)
        let entries = zip(items, checked).compactMap { item, result -> QuarantineEntry? in
            guard case .failure(let refusal) = result else { return nil }
            return QuarantineEntry(
                receivedAt: receivedAt, source: source, format: format, refusal: refusal, body: item.body)
        }
        let quarantineIDs = entries.isEmpty ? [] : try await ports.quarantine(entries)
        return receipts(checked, isNew: isNew, quarantineIDs: quarantineIDs)
    }

    /// Tries a quarantined element again, under its own source and with its own time of receipt. Refused again, it
    /// stays where it is: no second entry is made, and the receipt's quarantine id is 0.
    public func callAsFunction(retrying entry: QuarantineEntry) async throws(CollectError) -> Receipt {
        let validation = DraftValidation(limits: limits, source: entry.source, receivedAt: entry.receivedAt, key: key)
        let item: WireItem
        do throws(JSONError) {
            item = entry.format.item(try JSON.parse(entry.body))
        } catch {
            item = WireItem(drafts: .failure(Refusal(.malformedJSON, error.reason)), body: entry.body)
        }
        let checked = [validate(item, with: validation)]
        let isNew = try await append(checked)
        return receipts(checked, isNew: isNew, quarantineIDs: [])[0]
    }

    /// The key of (source, id): the same in every process that has the store's secret.
    public static func key(source: SourceName, id: EventID, secret: HashKey) -> Hash128 {
        Hash128(of: Array(source.text.utf8) + [0] + Array(id.text.utf8), key: secret)
    }

    /// All events of one element, or the first refusal among them: an element is taken whole or not at all.
    private func validate(_ item: WireItem, with validation: DraftValidation) -> Result<[KeyedEvent], Refusal> {
        do throws(Refusal) {
            var events: [KeyedEvent] = []
            for draft in try item.drafts.get() {
                let (event, payload) = try validation(draft)
                let id = Self.key(source: event.source, id: event.id, secret: key)
                events.append(KeyedEvent(key: id, event: event, payload: payload))
            }
            return .success(events)
        } catch {
            return .failure(error)
        }
    }

    private func append(_ checked: [Result<[KeyedEvent], Refusal>]) async throws(CollectError) -> [Bool] {
        let events = checked.flatMap { (try? $0.get()) ?? [] }
        return events.isEmpty ? [] : try await ports.append(events)
    }

    private func receipts(
        _ checked: [Result<[KeyedEvent], Refusal>], isNew: [Bool], quarantineIDs: [Int64]
    ) -> [Receipt] {
        var answers = isNew[...]
        var ids = quarantineIDs[...]
        return checked.enumerated().map { index, result in
            switch result {
            case .success(let events):
                let isAccepted = answers.prefix(events.count).contains(true)
                answers = answers.dropFirst(events.count)
                return Receipt(index: index, id: events.first?.event.id, status: isAccepted ? .accepted : .duplicate)
            case .failure(let refusal):
                return Receipt(
                    index: index, id: nil, status: .quarantined(refusal, quarantineID: ids.popFirst() ?? 0))
            }
        }
    }
}
