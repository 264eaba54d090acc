public import Domain

/// What can be offered, with its words.
public final class CatalogueStore: Sendable {
    let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// Adds the items; the words of one that is there already are replaced. All of them or none.
    public func upsert(_ items: [CatalogItem]) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT INTO catalog_item (kind, id, title, category, brand) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (kind, id) DO UPDATE SET
                title = excluded.title, category = excluded.category, brand = excluded.brand
                """)
            for item in items {
                try insert.bind(item.subject.kind.rawValue, at: 1)
                try insert.bind(item.subject.id, at: 2)
                try insert.bind(item.title, at: 3)
                try insert.bind(item.category, at: 4)
                try insert.bind(item.brand, at: 5)
                try insert.run()
            }
        }
    }

    /// Those of `subjects` that are known.
    public func items(_ subjects: some Collection<Subject> & Sendable) async throws(DatabaseError) -> [Subject:
        CatalogItem]
    {
        try await connections.reader.run { database throws(DatabaseError) in
            let row = try database.prepare(Self.select + " WHERE kind = ?1 AND id = ?2")
            var items: [Subject: CatalogItem] = [:]
            for subject in subjects {
                try row.bind(subject.kind.rawValue, at: 1)
                try row.bind(subject.id, at: 2)
                if try row.step() { items[subject] = try Self.item(row) }
                row.reset()
            }
            return items
        }
    }

    /// Up to `countMax` items after a subject, in the order of kind and id; from the first where it is nil.
    public func page(after subject: Subject?, countMax: Int) async throws(DatabaseError) -> [CatalogItem] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                Self.select + " WHERE (kind, id) > (?1, ?2) ORDER BY kind, id LIMIT ?3")
            try rows.bind(subject?.kind.rawValue ?? "", at: 1)
            try rows.bind(subject?.id ?? "", at: 2)
            try rows.bind(Int64(countMax), at: 3)
            var items: [CatalogItem] = []
            while try rows.step() { items.append(try Self.item(rows)) }
            return items
        }
    }

    /// All items, page by page, so that a large catalogue never lies in memory whole.
    public func pages(countMax: Int = 5000) -> CataloguePages { CataloguePages(catalogue: self, countMax: countMax) }

    private static let select = "SELECT kind, id, title, category, brand FROM catalog_item"

    static func item(_ row: borrowing Statement) throws(DatabaseError) -> CatalogItem {
        guard let kind = Subject.Kind(rawValue: row.text(at: 0)), let subject = Subject(kind: kind, id: row.text(at: 1))
        else { throw .unreadable("catalog_item") }
        return CatalogItem(
            subject: subject, title: row.text(at: 2), category: row.text(at: 3), brand: row.text(at: 4))
    }
}

/// The catalogue's items in the order of kind and id, a page at a time.
public struct CataloguePages: AsyncSequence, Sendable {
    fileprivate let catalogue: CatalogueStore
    fileprivate let countMax: Int

    public func makeAsyncIterator() -> Iterator { Iterator(catalogue: catalogue, countMax: countMax) }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let catalogue: CatalogueStore
        fileprivate let countMax: Int
        private var last: Subject?
        private var isAtEnd = false

        fileprivate init(catalogue: CatalogueStore, countMax: Int) {
            self.catalogue = catalogue
            self.countMax = countMax
        }

        public mutating func next() async throws(DatabaseError) -> [CatalogItem]? {
            guard !isAtEnd else { return nil }
            let items = try await catalogue.page(after: last, countMax: countMax)
            isAtEnd = items.count < countMax
            last = items.last?.subject
            return items.isEmpty ? nil : items
        }
    }
}
