import API
import Base
import Cleaning
import Collect
import Domain
import Foundation
import Journal
import Orders
import Store

extension PortWiring {
    func orders(_ book: OrderBook) -> OrderPorts {
        OrderPorts(
            book: book,
            platformTotals: { [store] days, source, countMax throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.orderTotals.list(days, source: source, countMax: countMax)
                }
            },
            notePlatformTotals: { [store] totals throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.orderTotals.upsert(totals) }
            })
    }

    /// For imports into the running server, on threads that may block.
    ///
    /// - Parameter appliedEnd: Records before it are in the book.
    func importOrders(into book: OrderBook, appliedEnd: @escaping @Sendable () -> UInt64) -> ImportOrders.Ports {
        ImportOrders.Ports(
            known: { key in book.order(key).map { ImportOrders.Known(order: $0.order, person: $0.person) } },
            ids: { [journal] sequences throws(CollectError) in
                do throws(JournalError) {
                    return Set(try journal.events(sequences, by: .first).compactMap(\.?.id))
                } catch {
                    throw .unavailable(reason: error.explanation)
                }
            },
            settle: { [journal] in
                let end = journal.sequenceEnd
                while appliedEnd() < end { Thread.sleep(forTimeInterval: 0.005) }
            })
    }

    var catalogue: CataloguePorts {
        CataloguePorts(
            entries: { [store] question, countMax throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.catalogue.entries(
                        CatalogueFilter(question), after: question.after, countMax: countMax)
                }
            },
            counts: { [store] () throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.catalogue.counts() }
            },
            entry: { [store] subject throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.catalogue.entry(subject) }
            },
            changes: { [store] subject, countMax throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.catalogue.changes(of: subject, countMax: countMax)
                }
            },
            state: { [store] subject, time throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.catalogue.state(of: subject, at: time)
                }
            },
            apply: { [store] patch, time, origin throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.catalogue.apply(patch, at: time, origin: origin)
                }
            })
    }
}

extension CatalogueFilter {
    fileprivate init(_ question: CatalogueQuestion) {
        self.init()
        kind = question.kind
        text = question.text
        isDiscontinued = question.isDiscontinued
    }
}
