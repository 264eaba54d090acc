import Base
import Cleaning
import Collect
import Domain
import Journal
import Orders

/// The book of orders beside a journal that this process owns: no server applies what is appended, so it follows by
/// itself.
struct FollowedOrders: Sendable {
    private static let batchCountMax = 4096

    let book: OrderBook
    private let journal: Journal
    private let erasures: Erasures

    /// From the snapshot where it is sound, and up to date; a journal without one is read from its beginning.
    init(_ folder: DataFolder, _ journal: Journal, _ erasures: Erasures, rules: OrderRules) throws(CollectError) {
        self.journal = journal
        self.erasures = erasures
        let saved = try? OrderBook.load(from: folder.orderSnapshot, rules: rules)
        book = saved.flatMap { $0.sequenceEnd <= journal.sequenceEnd ? $0 : nil } ?? OrderBook(rules: rules)
        try catchUp()
        try? book.save(to: folder.orderSnapshot)  // A cache: without it, the next run reads more.
    }

    func catchUp() throws(CollectError) {
        let parser = JSONParser()
        do throws(JournalError) {
            while book.sequenceEnd < journal.sequenceEnd {
                let records = try journal.read(from: book.sequenceEnd, countMax: Self.batchCountMax)
                guard !records.isEmpty else { return }
                for record in records {
                    let entry = try? JournalEntry(record.payload, parser: parser)
                    let event = entry?.event
                    if case .erasure(let erasure)? = entry {
                        book.erase(
                            at: record.sequence, askedAt: erasure.askedAt, people: erasures.test(erasure), events: [])
                    }
                    book.pass(sequence: record.sequence, event: event)
                }
            }
        } catch {
            throw .unavailable(reason: error.explanation)
        }
    }

    func ids(_ sequences: [UInt64]) throws(CollectError) -> Set<EventID> {
        do throws(JournalError) { return Set(try journal.events(sequences, by: .first).compactMap(\.?.id)) } catch {
            throw .unavailable(reason: error.explanation)
        }
    }

    var ports: ImportOrders.Ports {
        ImportOrders.Ports(
            known: { [book] key in
                book.order(key).map { ImportOrders.Known(order: $0.order, person: $0.person) }
            },
            ids: { sequences throws(CollectError) in try ids(sequences) },
            settle: { () throws(CollectError) in try catchUp() })
    }
}

/// Orders as they stand: what is new in a row becomes events.
struct OrderTarget: ImportTarget {
    let refusedWord = "refused"
    let importOrders: ImportOrders

    func take(_ records: [PlacedRecord]) async throws -> [RecordOutcome] {
        guard !records.isEmpty else { return [] }
        return try await importOrders(records.map(\.content)).map(Self.outcome)
    }

    func trial(_ records: [PlacedRecord]) throws -> [RecordOutcome] {
        try importOrders.trial(records.map(\.content)).map(Self.outcome)
    }

    private static func outcome(_ outcome: ImportOrders.Outcome) -> RecordOutcome {
        switch outcome {
        case .taken: .accepted
        case .known: .duplicate
        case .refused(let refusal): .refused(refusal)
        }
    }
}
