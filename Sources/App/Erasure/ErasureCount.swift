import Base
import Decide
import Domain
import Identities
import Journal
import Orders
import Quality
import Synchronization
import Timeline

/// What the journal on disk has of a person who is erased.
struct JournalErasureCount: Sendable {
    private(set) var leftCount = 0  // Records before the erasure that name an id of the person.
    private(set) var erasedCount = 0  // Events that were the person's.

    init(
        _ directory: String, _ erasure: Erasure, _ isOne: @escaping @Sendable (PersonID) -> Bool
    ) throws(JournalError) {
        let erased = Atomic<Int>(0)
        leftCount = try JournalReader(directory: directory).count(before: erasure.sequence) { _, payload in
            let bytes = Array(payload)
            if bytes.first == EventCodec.erasedVersion, case .erased(erasure.sequence)? = try? JournalEntry(bytes) {
                erased.add(1, ordering: .relaxed)
            }
            return try? EventCodec.erasing({ isOne($0) ? erasure.sequence : nil }, from: bytes)
        }
        erasedCount = erased.load(ordering: .relaxed)
    }
}

extension SnapshotPaths {
    /// As `DerivedState.count`, of the saved files. One that cannot be read has nothing that a start would find.
    func count(_ erasure: Erasure, _ isOne: (PersonID) -> Bool, of state: DerivedState) -> Int {
        let options = state.view.timelines.counted.options
        return erasure.count(
            of: isOne, timelines: [timeline, marked].compactMap { try? Timeline.load(from: $0, options: options) },
            try? IdentityState.load(from: identity), try? OrderBook.load(from: orders, rules: state.orders.rules),
            try? DecideState.load(from: decide), try? QualityState.load(from: quality))
    }
}
