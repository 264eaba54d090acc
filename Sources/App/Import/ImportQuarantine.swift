import Base
import Collect
import Domain
import Store
import Synchronization

/// Keeps what an import refuses. A run that goes on repeats the batch in which the one before it was cut off: what that
/// one has put into quarantine already is not kept twice.
final class ImportQuarantine: Sendable {
    private static let pageCount = 256  // Bodies may be long: few in memory at a time.
    private static let comparedCountMax = 100_000

    private let store: QuarantineStore
    private let bodyBytesMax: Int
    private let key: HashKey
    private let stoppedAt: Mutex<EventTime?>  // Until the first batch.

    /// - Parameters:
    ///   - bodyBytesMax: How much of a body `store` keeps.
    ///   - stoppedAt: When the run before this one last noted how far it was; nil for one that begins.
    init(_ store: QuarantineStore, bodyBytesMax: Int, goingOnFrom stoppedAt: EventTime?, key: HashKey) {
        self.store = store
        self.bodyBytesMax = bodyBytesMax
        self.key = key
        self.stoppedAt = Mutex(stoppedAt)
    }

    /// - Returns: The ids, in order; the entries are on disk then.
    func keep(_ entries: [QuarantineEntry]) async throws(CollectError) -> [Int64] {
        do throws(DatabaseError) {
            var known = try await idsOfTheRunBefore()
            var ids: [Int64?] = entries.map { entry in
                known.isEmpty ? nil : known[mark(entry.source, entry.refusal.reason.rawValue, entry.body)]?.popLast()
            }
            let fresh = ids.indices.filter { ids[$0] == nil }
            for (index, id) in zip(fresh, try await insert(fresh.map { entries[$0] })) {
                ids[index] = id
            }
            return ids.compactMap { $0 }
        } catch {
            throw .unavailable(reason: error.explanation)
        }
    }

    /// Rows of the same content are kept as often as they come: each has its place in the file.
    private func insert(_ entries: [QuarantineEntry]) async throws(DatabaseError) -> [Int64] {
        try await store.insert(entries.map { QuarantineInput($0, contentHash: nil) })
    }

    /// What was put into quarantine since the run before this one last noted how far it was: by mark, the newest first.
    /// Empty from the second call on.
    private func idsOfTheRunBefore() async throws(DatabaseError) -> [Hash128: [Int64]] {
        guard let start = stoppedAt.withLock({ $0.take() }) else { return [:] }
        var ids: [Hash128: [Int64]] = [:]
        var last: Int64?
        for _ in 0..<Self.comparedCountMax / Self.pageCount {
            let page = try await store.page(before: last, countMax: Self.pageCount)
            let rows = page.prefix { $0.receivedAt >= start }
            for row in rows { ids[mark(row.source, row.reason, row.body), default: []].append(row.id) }
            last = rows.last?.id
            if rows.count < Self.pageCount { break }
        }
        return ids
    }

    /// The same for elements that are the same in quarantine.
    private func mark(_ source: SourceName, _ reason: String, _ body: [UInt8]) -> Hash128 {
        Hash128(of: Array("\(source.text)\0\(reason)\0".utf8) + body.prefix(bodyBytesMax), key: key)
    }
}
