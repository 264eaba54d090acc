import API
import Base
import Cleaning
import Collect
import Console
import Decide
import Domain
import Foundation
import Journal
import Store

/// Wires the use cases to the journal and the store.
struct PortWiring: Sendable {
    let journal: Journal
    let store: ControlStore
    let key: HashKey
    let limits: CollectLimits
    let plan: PlanSlot
    let gate: SourceGate
    let history: @Sendable () -> CleaningHistory  // How events are read now.
    private let readers = DispatchQueue(label: "journal.reading", attributes: .concurrent)

    init(
        journal: Journal, store: ControlStore, key: HashKey, limits: CollectLimits, plan: PlanSlot = PlanSlot(.none),
        gate: SourceGate = SourceGate(), history: @escaping @Sendable () -> CleaningHistory = { .first }
    ) {
        self.history = history
        self.journal = journal
        self.store = store
        self.key = key
        self.limits = limits
        self.plan = plan
        self.gate = gate
    }

    var collect: CollectEvents {
        CollectEvents(
            limits: limits, key: key,
            ports: CollectPorts(
                append: { [journal] events, receipt throws(CollectError) in try await journal.append(events, receipt) },
                quarantine: { [store, key] entries throws(CollectError) in
                    do throws(DatabaseError) {
                        let inputs = entries.map { QuarantineInput($0, contentHash: $0.contentHash(key: key)) }
                        return try await store.quarantine.insert(inputs)
                    } catch {
                        throw .unavailable(reason: error.explanation)
                    }
                },
                now: WallClock.now, plan: { [plan] in plan.plan }),
            gate: gate)
    }

    func sources(_ ledger: SourceLedger) -> SourcePorts {
        SourcePorts(
            ledger: ledger, gate: gate,
            save: { [store] limits, source throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.sourceLimits.set(limits, of: source)
                }
            },
            newest: { start, countMax throws(ReadFailure) in
                try await reading { journal throws(JournalError) in
                    let from = max(start, journal.sequenceEnd - min(journal.sequenceEnd, UInt64(countMax)))
                    return try journal.read(from: from, countMax: countMax).compactMap { record in
                        (try? JournalEntry(record.payload)).map {
                            SourcePorts.JournalRow(sequence: record.sequence, entry: $0)
                        }
                    }
                }
            }, douyin: douyin)
    }

    var decidePorts: DecidePorts {
        DecidePorts(
            record: { decision throws(DecideError) in
                let event = decision.event(source: .quanyu, receivedAt: WallClock.now())
                let outcome: AppendOutcome
                do throws(JournalError) { outcome = try await append(event) } catch {
                    throw .notRecorded(reason: error.explanation)
                }
                guard outcome != .duplicate else {
                    throw .notRecorded(reason: "another decision has its id")
                }
            },
            now: WallClock.now,
            seed: { UInt64.random(in: .min ... .max) })
    }

    /// Makes an event of Quanyu's own durable.
    func record(_ event: Event) async throws(CollectError) {
        do throws(JournalError) { _ = try await append(event) } catch { throw .unavailable(reason: error.explanation) }
    }

    private func append(_ event: Event) async throws(JournalError) -> AppendOutcome {
        try await journal.append([record(of: event)])[0]
    }

    private func record(of event: Event) -> JournalRecord {
        let id = CollectEvents.key(source: event.source, id: event.id, secret: key)
        return JournalRecord(key: id, payload: EventCodec.encode(event))
    }

    /// What came of audiences, made durable; what is there already stays as it is.
    var appendMemberships: @Sendable ([Event]) async throws(MembershipRecord.RecordFailure) -> Void {
        { events throws(MembershipRecord.RecordFailure) in
            do throws(JournalError) { _ = try await journal.append(events.map { record(of: $0) }) } catch {
                throw MembershipRecord.RecordFailure(reason: error.explanation)
            }
        }
    }

    func events(_ sequences: [UInt64]) async throws(ReadFailure) -> [Event?] {
        try await reading { [history] journal throws(JournalError) in
            let order = sequences.indices.sorted { sequences[$0] < sequences[$1] }
            var events = [Event?](repeating: nil, count: sequences.count)
            let found = try journal.events(order.map { sequences[$0] }, by: history())
            for (index, event) in zip(order, found) { events[index] = event }
            return events
        }
    }

    func receipt(_ id: ReceiptID) async throws(ReadFailure) -> KeptReceipt? {
        try await reading { journal throws(JournalError) in
            guard let record = try journal.read(from: id.sequence, countMax: 1).first, record.sequence == id.sequence,
                let receipt = try? JournalEntry(record.payload).receipt
            else { return nil }
            let start = id.sequence - min(id.sequence, UInt64(receipt.newEventCount))
            let events = try journal.events(Array(start..<id.sequence), by: .first)
            return KeptReceipt(receipt: receipt, newEventIDs: events.map(\.?.id))
        }
    }

    /// Reads on a thread where blocking is allowed.
    func reading<Value: Sendable>(
        _ body: @escaping @Sendable (Journal) throws(JournalError) -> Value
    ) async throws(ReadFailure) -> Value {
        typealias Answer = CheckedContinuation<Result<Value, JournalError>, Never>
        let result = await withCheckedContinuation { (answer: Answer) in
            readers.async { [journal] in
                do throws(JournalError) {
                    answer.resume(returning: .success(try body(journal)))
                } catch {
                    answer.resume(returning: .failure(error))
                }
            }
        }
        do throws(JournalError) { return try result.get() } catch { throw ReadFailure(reason: error.explanation) }
    }

    var quarantine: QuarantinePorts {
        QuarantinePorts(
            page: { [store] filter, before, countMax throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.quarantine.page(filter, before: before, countMax: countMax)
                }
            },
            waiting: { [store] filter, after, last, countMax throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.quarantine.waiting(filter, after: after, through: last, countMax: countMax)
                }
            },
            counts: { [store] filter throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.quarantine.counts(filter) }
            },
            items: { [store] ids throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.quarantine.rows(ids: ids) }
            },
            markReplayed: { [store] ids, time throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.quarantine.markReplayed(ids: ids, at: time)
                }
            })
    }

    func campaigns() async throws(ReadFailure) -> [Campaign] {
        let store = store
        return try await Self.read { () async throws(DatabaseError) in try await store.campaigns.list() }
    }

    static func read<Value>(
        _ body: () async throws(DatabaseError) -> Value
    ) async throws(ReadFailure) -> Value {
        do throws(DatabaseError) { return try await body() } catch { throw ReadFailure(reason: error.explanation) }
    }
}

extension QuarantineInput {
    init(_ entry: QuarantineEntry, contentHash: Hash128?) {
        self.init(
            receivedAt: entry.receivedAt, source: entry.source, format: entry.format.rawValue,
            reason: entry.refusal.reason.rawValue, detail: entry.refusal.detail, body: entry.body,
            contentHash: contentHash)
    }
}

extension QuarantineEntry {
    /// The same for an element that is sent again.
    fileprivate func contentHash(key: HashKey) -> Hash128 {
        Hash128(of: Array("\(source.text)\0\(format.rawValue)\0".utf8) + body, key: key)
    }
}
