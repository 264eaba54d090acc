import Base
import Domain
import Orders
import Synchronization

@testable import API

/// Catalogue and platforms' totals in memory.
final class Shelf: Sendable {
    private struct Content {
        var totals: [PlatformTotal] = []
        var entries: [Subject: CatalogEntry] = [:]
        var changes: [CatalogChange] = []
    }

    private let content = Mutex(Content())

    func orders(_ book: OrderBook) -> OrderPorts {
        OrderPorts(
            book: book,
            platformTotals: { days, source, countMax in
                let totals = self.content.withLock { $0.totals }
                return Array(
                    totals.filter { days.contains($0.day) && source ?? $0.source == $0.source }.prefix(countMax))
            },
            notePlatformTotals: { totals in self.content.withLock { $0.totals += totals } })
    }

    var catalogue: CataloguePorts {
        CataloguePorts(
            entries: { question, countMax in
                let entries = self.content.withLock { $0.entries.values.sorted { $0.item.subject < $1.item.subject } }
                let found = entries.filter { entry in
                    (question.kind ?? entry.item.subject.kind) == entry.item.subject.kind
                        && (question.after.map { $0 < entry.item.subject } ?? true)
                }
                return Array(found.prefix(countMax))
            },
            counts: {
                Dictionary(grouping: self.content.withLock { $0.entries.keys }, by: \.kind).mapValues(\.count)
            },
            entry: { subject in self.content.withLock { $0.entries[subject] } },
            changes: { _, countMax in Array(self.content.withLock { $0.changes }.reversed().prefix(countMax)) },
            state: { _, time in
                let changes = self.content.withLock { $0.changes }.filter { $0.time <= time }
                return Dictionary(changes.map { ($0.metric, $0) }, uniquingKeysWith: { $1 })
            },
            apply: { patch, time, origin in
                self.content.withLock { content in
                    let entry = patch.applied(to: content.entries[patch.subject], at: time)
                    content.entries[patch.subject] = entry
                    if let price = patch.price {
                        content.changes.append(
                            CatalogChange(
                                id: Int64(content.changes.count), time: time, metric: .price, value: price.minor,
                                currency: price.currency, origin: origin, notedAt: time))
                    }
                    return entry
                }
            })
    }
}
