import Base
import Domain
import Journal
import Synchronization

/// Who is erased: the erasures whose people may still stand in the journal's files. What is read of the journal is read
/// without them.
final class Erasures: Sendable {
    private let key: HashKey
    private let journal: Journal?
    private let places = Mutex<[Hash128: [UInt64]]>([:])  // Of the erasures of an id in the journal, ascending.

    private init(key: HashKey, journal: Journal?) {
        self.key = key
        self.journal = journal
    }

    /// All of the journal, but for those that are done.
    convenience init(journal: Journal, key: HashKey, done: Set<UInt64>) throws(JournalError) {
        self.init(key: key, journal: journal)
        for (sequence, record) in try Self.all(of: journal) where !done.contains(sequence) {
            add(record, at: sequence)
        }
    }

    /// How a journal that another process may write is to be read.
    static func redaction(of reader: JournalReader, key: HashKey) throws(JournalError) -> JournalRedaction {
        let erasures = Erasures(key: key, journal: nil)
        for sequence in reader.notedSequences {
            if let record = record(in: try reader.read(from: sequence, countMax: 1), at: sequence) {
                erasures.add(record, at: sequence)
            }
        }
        return { erasures.redacted($1, at: $0) }
    }

    /// Those that stand in the journal as it was opened, with their places.
    static func all(of journal: Journal) throws(JournalError) -> [(sequence: UInt64, record: ErasureRecord)] {
        var all: [(sequence: UInt64, record: ErasureRecord)] = []
        for sequence in journal.notedSequences {
            if let record = record(in: try journal.read(from: sequence, countMax: 1), at: sequence) {
                all.append((sequence, record))
            }
        }
        return all
    }

    private static func record(
        in records: [(sequence: UInt64, payload: [UInt8])], at sequence: UInt64
    ) -> ErasureRecord? {
        guard let found = records.first, found.sequence == sequence,
            case .erasure(let record)? = try? JournalEntry(found.payload)
        else { return nil }
        return record
    }

    /// From now on the journal is read without the person.
    func add(_ record: ErasureRecord, at sequence: UInt64) {
        places.withLock { places in
            for hash in record.hashes where places[hash]?.contains(sequence) != true {
                places[hash, default: []].append(sequence)
                places[hash]?.sort()
            }
        }
        journal?.redact { [self] sequence, payload in redacted(payload, at: sequence) }
    }

    /// The journal's files do not have the person any more.
    func finish(_ sequence: UInt64) {
        let isEmpty = places.withLock { places in
            for hash in places.keys { places[hash]?.removeAll { $0 == sequence } }
            places = places.filter { !$0.value.isEmpty }
            return places.isEmpty
        }
        if isEmpty { journal?.redact(by: nil) }
    }

    /// Events as they were before they were erased, as long as the files have them.
    func events(_ sequences: Set<UInt64>) -> [Event] {
        sequences.sorted().compactMap { sequence in
            guard let bytes = try? journal?.readAsWritten(sequence) else { return nil }
            return (try? JournalEntry(bytes))?.event
        }
    }

    func hash(of id: PersonID) -> Hash128 { ErasureRecord.hash(of: id, key: key) }

    /// Whether an id is one of an erasure's.
    func test(_ record: ErasureRecord) -> @Sendable (PersonID) -> Bool {
        let (hashes, key) = (Set(record.hashes), key)
        return { hashes.contains(ErasureRecord.hash(of: $0, key: key)) }
    }

    func isErased(_ id: PersonID) -> Bool {
        !places.withLock(\.isEmpty) && erasure(of: id, after: 0) != nil
    }

    /// Where the first erasure of an id behind a place of the journal stands.
    private func erasure(of id: PersonID, after sequence: UInt64) -> UInt64? {
        let hash = hash(of: id)
        return places.withLock { $0[hash]?.first { $0 > sequence } }
    }

    private func redacted(_ payload: ArraySlice<UInt8>, at sequence: UInt64) -> [UInt8]? {
        try? EventCodec.erasing({ self.erasure(of: $0, after: sequence) }, from: Array(payload))
    }
}
