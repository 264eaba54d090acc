import Base
public import Domain

/// The tokens that programs send.
public final class TokenStore: Sendable {
    private let connections: Connections
    private let options: ControlStoreOptions
    private let cache: CredentialCache<AccessToken>

    init(_ connections: Connections, _ options: ControlStoreOptions) {
        self.connections = connections
        self.options = options
        cache = CredentialCache(options.now)
    }

    /// - Returns: What is kept, and the text, which cannot be had again.
    public func create(
        kind: TokenKind, name: SourceName
    ) async throws(AccessError) -> (token: AccessToken, text: String) {
        let secret = Secret(.token, prefix: kind.prefix, random: options.random)
        let createdAt = options.now()
        let id = try await connections.writer.change { database throws(DatabaseError) -> Result<Int64, AccessError> in
            let insert = try database.prepare(
                "INSERT INTO token (hash, kind, name, created_ms) VALUES (?1, ?2, ?3, ?4)")
            try insert.bind(secret.hash.bytes, at: 1)
            try insert.bind(kind.rawValue, at: 2)
            try insert.bind(name.text, at: 3)
            try insert.bind(createdAt.unixMs, at: 4)
            try insert.run()
            return .success(database.rowidInserted)
        }
        let token = AccessToken(
            id: id, kind: kind, name: name, createdAt: createdAt, revokedAt: nil, lastUsedAt: nil)
        return (token, secret.text)
    }

    /// The token with this text, unless it is unknown or revoked. Mostly answered from memory, in microseconds.
    public func find(text: String) async throws(AccessError) -> AccessToken? {
        guard TokenKind.allCases.contains(where: { text.hasPrefix($0.prefix) }) else { return nil }
        let hash = SecretHash(of: text, use: .token)
        return try await asAccess { () throws(DatabaseError) in
            try await self.cache.value(of: hash) { () throws(DatabaseError) in
                guard let token = try await self.read(hash), token.revokedAt == nil else { return nil }
                await self.noteUse(of: token)
                return token
            }
        }
    }

    /// In the order of their making, the revoked ones included.
    public func list() async throws(AccessError) -> [AccessToken] {
        try await connections.reader.read { database throws(DatabaseError) in
            let rows = try database.prepare(Self.select + " ORDER BY id")
            var tokens: [AccessToken] = []
            while try rows.step() { tokens.append(try Self.token(rows)) }
            return tokens
        }
    }

    /// Refused by this process from the moment this returns.
    ///
    /// - Returns: The token as it is now; nil where there is none. One that was revoked keeps its first time.
    public func revoke(id: Int64) async throws(AccessError) -> AccessToken? {
        let nowMs = options.now().unixMs
        defer { cache.forgetAll() }
        return try await connections.writer.change {
            database throws(DatabaseError) -> Result<AccessToken?, AccessError> in
            let update = try database.prepare("UPDATE token SET revoked_ms = ?2 WHERE id = ?1 AND revoked_ms IS NULL")
            try update.bind(id, at: 1)
            try update.bind(nowMs, at: 2)
            try update.run()
            let row = try database.prepare(Self.select + " WHERE id = ?1")
            try row.bind(id, at: 1)
            return .success(try row.step() ? try Self.token(row) : nil)
        }
    }

    private func read(_ hash: SecretHash) async throws(DatabaseError) -> AccessToken? {
        try await connections.reader.run { database throws(DatabaseError) in
            let row = try database.prepare(Self.select + " WHERE hash = ?1")
            try row.bind(hash.bytes, at: 1)
            return try row.step() ? try Self.token(row) : nil
        }
    }

    /// To the hour, but never before the token was made; once an hour at most. A failure is let pass: a full disk must
    /// not keep readers out.
    private func noteUse(of token: AccessToken) async {
        let hourMs = Milliseconds.hours(1).count
        let usedMs = max(token.createdAt.unixMs, options.now().unixMs / hourMs * hourMs)
        guard token.lastUsedAt.map({ $0.unixMs < usedMs }) ?? true else { return }
        try? await connections.writer.transact { database throws(DatabaseError) in
            let update = try database.prepare("UPDATE token SET last_used_ms = ?2 WHERE id = ?1")
            try update.bind(token.id, at: 1)
            try update.bind(usedMs, at: 2)
            try update.run()
        }
    }

    private static let select = "SELECT id, kind, name, created_ms, revoked_ms, last_used_ms FROM token"

    private static func token(_ row: borrowing Statement) throws(DatabaseError) -> AccessToken {
        guard let kind = TokenKind(rawValue: row.text(at: 1)), let name = SourceName(row.text(at: 2)) else {
            throw .unreadable("token")
        }
        return AccessToken(
            id: row.int64(at: 0), kind: kind, name: name, createdAt: row.time(at: 3),
            revokedAt: row.optionalTime(at: 4), lastUsedAt: row.optionalTime(at: 5))
    }
}

extension TokenKind {
    /// Tells a reader, and a scanner for leaked secrets, what it has found.
    fileprivate var prefix: String {
        switch self {
        case .write: "qyw_"
        case .read: "qyr_"
        case .admin: "qya_"
        }
    }
}
