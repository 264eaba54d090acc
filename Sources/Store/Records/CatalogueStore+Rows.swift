import Base
import Domain

/// The rows of `catalog_item` and `catalog_change`.
extension CatalogueStore {
    static let selectEntry = """
        SELECT kind, id, title, category, brand, price_minor, price_currency, cost_minor, cost_currency, stock,
        start_ms, end_ms, detail, discontinued_ms, updated_ms FROM catalog_item
        """
    static let selectChange = "SELECT id, metric, time_ms, value, currency, origin, noted_ms FROM catalog_change"

    static func entry(_ subject: Subject, _ database: borrowing Database) throws(DatabaseError) -> CatalogEntry? {
        let row = try database.prepare(selectEntry + " WHERE kind = ?1 AND id = ?2")
        try row.bind(subject.kind.rawValue, at: 1)
        try row.bind(subject.id, at: 2)
        return try row.step() ? entry(row) : nil
    }

    static func entry(_ row: borrowing Statement) throws(DatabaseError) -> CatalogEntry {
        var offer = CatalogOffer()
        offer.price = money(row, at: 5)
        offer.cost = money(row, at: 7)
        offer.stock = row.optionalInt64(at: 9)
        offer.startAt = row.optionalTime(at: 10)
        offer.endAt = row.optionalTime(at: 11)
        let detail = (try? JSON.parse(row.text(at: 12)))?.objectValue ?? JSONObject()
        offer.host = detail["host"]?.stringValue ?? ""
        offer.terms = detail["terms"]?.stringValue ?? ""
        offer.channel = detail["channel"]?.stringValue ?? ""
        offer.form = detail["form"]?.stringValue ?? ""
        offer.images = detail["images"]?.arrayValue?.compactMap(\.stringValue) ?? []
        offer.discontinuedAt = row.optionalTime(at: 13)
        return CatalogEntry(item: try item(row), offer: offer, updatedAt: row.optionalTime(at: 14))
    }

    static func write(
        _ entry: CatalogEntry, at time: EventTime, _ database: borrowing Database
    ) throws(DatabaseError) {
        let insert = try database.prepare(
            """
            INSERT OR REPLACE INTO catalog_item
            (kind, id, title, category, brand, price_minor, price_currency, cost_minor, cost_currency, stock,
            start_ms, end_ms, detail, discontinued_ms, updated_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """)
        let (item, offer) = (entry.item, entry.offer)
        try insert.bind(item.subject.kind.rawValue, at: 1)
        try insert.bind(item.subject.id, at: 2)
        try insert.bind(item.title, at: 3)
        try insert.bind(item.category, at: 4)
        try insert.bind(item.brand, at: 5)
        try bind(offer.price, to: insert, at: 6)
        try bind(offer.cost, to: insert, at: 8)
        try insert.bind(offer.stock, at: 10)
        try insert.bind(offer.startAt?.unixMs, at: 11)
        try insert.bind(offer.endAt?.unixMs, at: 12)
        try insert.bind(JSON.object(detail(offer)).text, at: 13)
        try insert.bind(offer.discontinuedAt?.unixMs, at: 14)
        try insert.bind(time.unixMs, at: 15)
        try insert.run()
    }

    /// What a patch says of the numbers whose past is kept.
    static func changes(
        _ patch: CatalogPatch, at time: EventTime, origin: String, now: EventTime
    ) -> [CatalogChange] {
        let numbers: [(CatalogChange.Metric, Int64?, Currency?)] = [
            (.price, patch.price?.minor, patch.price?.currency), (.cost, patch.cost?.minor, patch.cost?.currency),
            (.stock, patch.stock, nil), (.discontinued, patch.isDiscontinued.map { $0 ? 1 : 0 }, nil),
        ]
        return numbers.compactMap { metric, value, currency in
            value.map {
                CatalogChange(
                    id: 0, time: time, metric: metric, value: $0, currency: currency, origin: origin, notedAt: now)
            }
        }
    }

    /// Keeps a change that is one, and takes it out of `entry` where a later one is known already.
    static func note(
        _ change: CatalogChange, of entry: CatalogEntry, old: CatalogEntry?, _ database: borrowing Database
    ) throws(DatabaseError) -> CatalogEntry {
        let subject = entry.item.subject
        let before = try last(change.metric, of: subject, upTo: change.time, database)
        let isFirstOffer = before == nil && change.metric == .discontinued && change.value == 0
        if !isFirstOffer, before?.value != change.value || before?.currency != change.currency {
            try insert(change, of: subject, database)
        }
        guard let newest = try last(change.metric, of: subject, upTo: nil, database), newest.time > change.time else {
            return entry
        }
        var offer = entry.offer
        switch change.metric {
        case .price: offer.price = old?.offer.price
        case .cost: offer.cost = old?.offer.cost
        case .stock: offer.stock = old?.offer.stock
        case .discontinued: offer.discontinuedAt = old?.offer.discontinuedAt
        }
        return CatalogEntry(item: entry.item, offer: offer, updatedAt: entry.updatedAt)
    }

    /// - Parameter time: Nil for the newest of all.
    static func last(
        _ metric: CatalogChange.Metric, of subject: Subject, upTo time: EventTime?, _ database: borrowing Database
    ) throws(DatabaseError) -> CatalogChange? {
        let row = try database.prepare(
            selectChange
                + """
                 WHERE kind = ?1 AND item_id = ?2 AND metric = ?3 AND time_ms <= ?4
                ORDER BY time_ms DESC, id DESC LIMIT 1
                """)
        try row.bind(subject.kind.rawValue, at: 1)
        try row.bind(subject.id, at: 2)
        try row.bind(metric.rawValue, at: 3)
        try row.bind(time?.unixMs ?? .max, at: 4)
        return try row.step() ? change(row) : nil
    }

    static func change(_ row: borrowing Statement) throws(DatabaseError) -> CatalogChange {
        guard let metric = CatalogChange.Metric(rawValue: row.text(at: 1)) else { throw .unreadable("catalog_change") }
        return CatalogChange(
            id: row.int64(at: 0), time: row.time(at: 2), metric: metric, value: row.int64(at: 3),
            currency: Currency(code: row.text(at: 4)), origin: row.text(at: 5), notedAt: row.time(at: 6))
    }

    private static func insert(
        _ change: CatalogChange, of subject: Subject, _ database: borrowing Database
    ) throws(DatabaseError) {
        let insert = try database.prepare(
            """
            INSERT INTO catalog_change (kind, item_id, metric, time_ms, value, currency, origin, noted_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """)
        try insert.bind(subject.kind.rawValue, at: 1)
        try insert.bind(subject.id, at: 2)
        try insert.bind(change.metric.rawValue, at: 3)
        try insert.bind(change.time.unixMs, at: 4)
        try insert.bind(change.value, at: 5)
        if let currency = change.currency {
            try insert.bind(currency.code, at: 6)
        } else {
            try insert.bind(Int64?.none, at: 6)
        }
        try insert.bind(change.origin, at: 7)
        try insert.bind(change.notedAt.unixMs, at: 8)
        try insert.run()
    }

    private static func money(_ row: borrowing Statement, at column: Int32) -> Money? {
        guard let minor = row.optionalInt64(at: column), let currency = Currency(code: row.text(at: column + 1)) else {
            return nil
        }
        return Money(minor: minor, currency: currency)
    }

    private static func bind(
        _ money: Money?, to statement: borrowing Statement, at position: Int32
    ) throws(DatabaseError) {
        try statement.bind(money?.minor, at: position)
        if let money { return try statement.bind(money.currency.code, at: position + 1) }
        try statement.bind(Int64?.none, at: position + 1)
    }

    private static func detail(_ offer: CatalogOffer) -> JSONObject {
        var detail = JSONObject()
        let texts = [
            ("host", offer.host), ("terms", offer.terms), ("channel", offer.channel), ("form", offer.form),
        ]
        for (name, text) in texts where !text.isEmpty { detail.append(name, .string(text)) }
        if !offer.images.isEmpty { detail.append("images", .array(offer.images.map { .string($0) })) }
        return detail
    }
}
