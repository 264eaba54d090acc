import Collect
import Domain
import Store
import Synchronization

/// Keeps what an import refuses. A run that goes on repeats the batch in which the one before it was cut off: what is
/// in quarantine from that batch already is not kept twice.
final class ImportQuarantine: Sendable {
    private let store: QuarantineStore
    private let bodyBytesMax: Int
    private let isFirst = Mutex(true)

    init(_ store: QuarantineStore, bodyBytesMax: Int) {
        self.store = store
        self.bodyBytesMax = bodyBytesMax
    }

    /// - Returns: The ids, in order; the entries are on disk then.
    func keep(_ entries: [QuarantineEntry]) async throws(CollectError) -> [Int64] {
        do throws(DatabaseError) {
            var known = try await knownRows(countMax: entries.count)
            var ids: [Int64?] = entries.map { entry in
                let index = known.firstIndex { isSame($0, entry) }
                return index.map { known.remove(at: $0).id }
            }
            let fresh = ids.indices.filter { ids[$0] == nil }
            for (index, id) in zip(fresh, try await store.insert(fresh.map { QuarantineInput(entries[$0]) })) {
                ids[index] = id
            }
            return ids.compactMap { $0 }
        } catch {
            throw .unavailable(reason: error.explanation)
        }
    }

    private func knownRows(countMax: Int) async throws(DatabaseError) -> [QuarantineItem] {
        let isFirst = isFirst.withLock { isFirst in
            defer { isFirst = false }
            return isFirst
        }
        return isFirst ? try await store.page(before: nil, reason: nil, countMax: countMax) : []
    }

    private func isSame(_ row: QuarantineItem, _ entry: QuarantineEntry) -> Bool {
        row.source == entry.source && row.reason == entry.refusal.reason.rawValue
            && row.body.elementsEqual(entry.body.prefix(bodyBytesMax))
    }
}
