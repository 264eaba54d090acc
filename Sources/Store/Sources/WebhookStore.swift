import Base
public import Domain

/// The webhooks that are taken, and their secrets.
public final class WebhookStore: Sendable {
    private let connections: Connections
    private let box: SecretBox
    private let random: @Sendable (Int) -> [UInt8]

    init(_ connections: Connections, box: SecretBox, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.connections = connections
        self.box = box
        self.random = random
    }

    /// Keeps it; one of the same name is replaced.
    ///
    /// - Parameter secret: Nil keeps the secret that there is, if any.
    public func save(_ webhook: WebhookSource, secret: String?) async throws(DatabaseError) {
        let sealed = secret.map { box.seal($0, random: random) }
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                """
                INSERT INTO webhook_source
                (name, mapping, proof, answer_status, answer_type, answer_body, is_enabled, updated_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                ON CONFLICT (name) DO UPDATE SET mapping = ?2, proof = ?3, answer_status = ?4, answer_type = ?5,
                answer_body = ?6, is_enabled = ?7, updated_ms = ?8
                """)
            try insert.bind(webhook.name.text, at: 1)
            try insert.bind(webhook.mapping.text, at: 2)
            try insert.bind(webhook.check.json.text, at: 3)
            try insert.bind(Int64(webhook.answerStatus), at: 4)
            try insert.bind(webhook.answerType, at: 5)
            try insert.bind(webhook.answerBody, at: 6)
            try insert.bind(webhook.isEnabled ? 1 : 0, at: 7)
            try insert.bind(webhook.updatedAt.unixMs, at: 8)
            try insert.run()
            guard let sealed else { return }
            let update = try database.prepare("UPDATE webhook_source SET secret = ?2 WHERE name = ?1")
            try update.bind(webhook.name.text, at: 1)
            try update.bind(sealed, at: 2)
            try update.run()
        }
    }

    /// By name.
    public func list() async throws(DatabaseError) -> [WebhookSource] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(Self.select + " ORDER BY name")
            var webhooks: [WebhookSource] = []
            while try rows.step() { webhooks.append(try Self.webhook(rows)) }
            return webhooks
        }
    }

    /// The webhook with its secret, which is empty where it has none; nil where there is none of this name.
    public func find(_ name: PlainName) async throws(DatabaseError) -> (webhook: WebhookSource, secret: String)? {
        let found = try await connections.reader.run {
            database throws(DatabaseError) -> (webhook: WebhookSource, sealed: [UInt8])? in
            let row = try database.prepare(Self.select + " WHERE name = ?1")
            try row.bind(name.text, at: 1)
            guard try row.step() else { return nil }
            return (try Self.webhook(row), row.bytes(at: 3))
        }
        guard let (webhook, sealed) = found else { return nil }
        return (webhook, sealed.isEmpty ? "" : try box.open(sealed))
    }

    /// - Returns: False where there is none of this name.
    public func remove(_ name: PlainName) async throws(DatabaseError) -> Bool {
        try await connections.writer.transact { database throws(DatabaseError) in
            let delete = try database.prepare("DELETE FROM webhook_source WHERE name = ?1")
            try delete.bind(name.text, at: 1)
            try delete.run()
            return database.countChanged > 0
        }
    }

    private static let select = """
        SELECT name, mapping, proof, secret, answer_status, answer_type, answer_body, is_enabled, updated_ms
        FROM webhook_source
        """

    private static func webhook(_ row: borrowing Statement) throws(DatabaseError) -> WebhookSource {
        guard let check = WebhookCheck(json: try row.json(at: 2, "webhook_source")) else {
            throw .unreadable("webhook_source")
        }
        return WebhookSource(
            name: try row.plainName(at: 0, "webhook_source"), mapping: try row.json(at: 1, "webhook_source"),
            check: check, hasSecret: !row.bytes(at: 3).isEmpty, answerStatus: Int(row.int64(at: 4)),
            answerType: row.text(at: 5), answerBody: row.text(at: 6), isEnabled: row.flag(at: 7),
            updatedAt: row.time(at: 8))
    }
}
