public import Base
public import Domain

/// Which items a list shows; nil: all.
public struct CatalogueFilter: Sendable {
    public var kind: Subject.Kind?
    public var text: String?  // Within title, id, category or brand, of any case.
    public var isDiscontinued: Bool?

    public init() {}
}

extension CatalogueStore {
    /// Changes the items, and keeps how price, cost and stock changed. All of them or none.
    ///
    /// - Parameters:
    ///   - patches: With the time since when each is so. One from before a later change only adds to the past.
    ///   - origin: Who says so.
    /// - Returns: The items as they stand then.
    @discardableResult
    public func apply(
        _ patches: [(patch: CatalogPatch, at: EventTime)], origin: String, now: EventTime
    ) async throws(DatabaseError) -> [CatalogEntry] {
        try await connections.writer.transact { database throws(DatabaseError) in
            var entries: [CatalogEntry] = []
            for (patch, time) in patches {
                entries.append(try Self.apply(patch, at: time, origin: origin, now: now, database))
            }
            return entries
        }
    }

    /// As `apply` of one that is so from now on.
    public func apply(
        _ patch: CatalogPatch, at now: EventTime, origin: String
    ) async throws(DatabaseError) -> CatalogEntry {
        try await connections.writer.transact { database throws(DatabaseError) in
            try Self.apply(patch, at: now, origin: origin, now: now, database)
        }
    }

    private static func apply(
        _ patch: CatalogPatch, at time: EventTime, origin: String, now: EventTime, _ database: borrowing Database
    ) throws(DatabaseError) -> CatalogEntry {
        let old = try entry(patch.subject, database)
        var new = patch.applied(to: old, at: time)
        for change in changes(patch, at: time, origin: origin, now: now) {
            new = try note(change, of: new, old: old, database)
        }
        try write(new, at: now, database)
        return CatalogEntry(item: new.item, offer: new.offer, updatedAt: now)
    }

    public func entry(_ subject: Subject) async throws(DatabaseError) -> CatalogEntry? {
        try await connections.reader.run { database throws(DatabaseError) in try Self.entry(subject, database) }
    }

    /// Up to `countMax` items after a subject, in the order of kind and id.
    public func entries(
        _ filter: CatalogueFilter, after subject: Subject?, countMax: Int
    ) async throws(DatabaseError) -> [CatalogEntry] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                """
                \(Self.selectEntry) WHERE (kind, id) > (?1, ?2) \(filter.conditions) ORDER BY kind, id LIMIT ?3
                """)
            try rows.bind(subject?.kind.rawValue ?? "", at: 1)
            try rows.bind(subject?.id ?? "", at: 2)
            try rows.bind(Int64(countMax), at: 3)
            if let kind = filter.kind { try rows.bind(kind.rawValue, at: 4) }
            if let text = filter.text { try rows.bind(Self.pattern(text), at: 5) }
            var entries: [CatalogEntry] = []
            while try rows.step() { entries.append(try Self.entry(rows)) }
            return entries
        }
    }

    /// How many items there are, by kind.
    public func counts() async throws(DatabaseError) -> [Subject.Kind: Int] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare("SELECT kind, count(*) FROM catalog_item GROUP BY kind")
            var counts: [Subject.Kind: Int] = [:]
            while try rows.step() {
                if let kind = Subject.Kind(rawValue: rows.text(at: 0)) { counts[kind] = Int(rows.int64(at: 1)) }
            }
            return counts
        }
    }

    /// How an item changed, the newest state first, at most `countMax` changes.
    public func changes(of subject: Subject, countMax: Int) async throws(DatabaseError) -> [CatalogChange] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                Self.selectChange + " WHERE kind = ?1 AND item_id = ?2 ORDER BY time_ms DESC, id DESC LIMIT ?3")
            try rows.bind(subject.kind.rawValue, at: 1)
            try rows.bind(subject.id, at: 2)
            try rows.bind(Int64(countMax), at: 3)
            var changes: [CatalogChange] = []
            while try rows.step() { changes.append(try Self.change(rows)) }
            return changes
        }
    }

    /// What held at a time: the last change up to then, of each number that had one.
    public func state(
        of subject: Subject, at time: EventTime
    ) async throws(DatabaseError) -> [CatalogChange.Metric: CatalogChange] {
        try await connections.reader.run { database throws(DatabaseError) in
            var state: [CatalogChange.Metric: CatalogChange] = [:]
            for metric in CatalogChange.Metric.allCases {
                state[metric] = try Self.last(metric, of: subject, upTo: time, database)
            }
            return state
        }
    }

    private static func pattern(_ text: String) -> String {
        "%" + text.map { "%_\\".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "%"
    }
}

extension CatalogueFilter {
    fileprivate var conditions: String {
        var conditions = ""
        if kind != nil { conditions += "AND kind = ?4 " }
        if text != nil {
            let matches = ["title", "id", "category", "brand"].map { "\($0) LIKE ?5 ESCAPE '\\'" }
            conditions += "AND (\(matches.joined(separator: " OR "))) "
        }
        if let isDiscontinued { conditions += "AND discontinued_ms IS \(isDiscontinued ? "NOT " : "")NULL " }
        return conditions
    }
}
