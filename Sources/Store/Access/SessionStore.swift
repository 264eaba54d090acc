public import Base
public import Domain

/// Who is signed in, as read from the database.
struct Session: Sendable {
    let user: User
    let crossSiteTokenHash: SecretHash
    let createdAt: EventTime
    let expiresAt: EventTime
}

/// The browsers that are signed in.
public final class SessionStore: Sendable {
    /// Ends this long after its last use …
    public static let idleLife = Milliseconds.hours(12)
    /// … and in any case this long after it began.
    public static let life = Milliseconds.days(7)
    /// A use moves the end only where it moves it this far: most requests write nothing.
    static let extensionMin = Milliseconds.minutes(5)

    private let connections: Connections
    private let options: ControlStoreOptions
    private let cache: CredentialCache<Session>

    init(_ connections: Connections, _ options: ControlStoreOptions, cache: CredentialCache<Session>) {
        self.connections = connections
        self.options = options
        self.cache = cache
    }

    /// Begins a session; sessions that are over are dropped on the way.
    ///
    /// - Returns: Two secrets for the browser: the session's id, and what its scripts must send with each change.
    public func begin(user: UserName) async throws(AccessError) -> (id: String, crossSiteToken: String) {
        let id = Secret(.session, random: options.random)
        let crossSiteToken = Secret(.crossSiteToken, random: options.random)
        let now = options.now()
        try await connections.writer.change { database throws(DatabaseError) -> Result<Void, AccessError> in
            let prune = try database.prepare("DELETE FROM session WHERE expires_ms <= ?1")
            try prune.bind(now.unixMs, at: 1)
            try prune.run()
            let insert = try database.prepare(
                """
                INSERT INTO session (hash, csrf_hash, user_id, created_ms, expires_ms)
                SELECT ?1, ?2, id, ?3, ?4 FROM user WHERE name = ?5
                """)
            try insert.bind(id.hash.bytes, at: 1)
            try insert.bind(crossSiteToken.hash.bytes, at: 2)
            try insert.bind(now.unixMs, at: 3)
            try insert.bind(now.advanced(by: Self.idleLife).unixMs, at: 4)
            try insert.bind(user.text, at: 5)
            try insert.run()
            return database.countChanged == 1 ? .success(()) : .failure(.unknownUser)
        }
        return (id.text, crossSiteToken.text)
    }

    /// Who is signed in with this id; nil where nobody is. Mostly answered from memory. Counts as a use.
    ///
    /// - Parameter crossSiteToken: What the request sent along, if anything.
    public func find(
        id: String, crossSiteToken: String?
    ) async throws(AccessError) -> (user: User, isCrossSiteTokenValid: Bool)? {
        let hash = SecretHash(of: id, use: .session)
        let session = try await asAccess { () throws(DatabaseError) in
            try await self.cache.value(of: hash) { () throws(DatabaseError) in
                guard let session = try await self.read(hash) else { return nil }
                return await self.extended(session, hash)
            }
        }
        guard let session, options.now() < session.expiresAt else { return nil }
        let isValid = crossSiteToken.map { SecretHash(of: $0, use: .crossSiteToken) == session.crossSiteTokenHash }
        return (session.user, isValid ?? false)
    }

    public func end(id: String) async throws(AccessError) {
        let hash = SecretHash(of: id, use: .session)
        defer { cache.forgetAll() }
        try await connections.writer.change { database throws(DatabaseError) -> Result<Void, AccessError> in
            let delete = try database.prepare("DELETE FROM session WHERE hash = ?1")
            try delete.bind(hash.bytes, at: 1)
            try delete.run()
            return .success(())
        }
    }

    private func read(_ hash: SecretHash) async throws(DatabaseError) -> Session? {
        let now = options.now()
        return try await connections.reader.run { database throws(DatabaseError) in
            let row = try database.prepare(
                """
                SELECT user.name, user.role, user.created_ms, csrf_hash, session.created_ms, expires_ms
                FROM session JOIN user ON user.id = user_id WHERE hash = ?1 AND expires_ms > ?2
                """)
            try row.bind(hash.bytes, at: 1)
            try row.bind(now.unixMs, at: 2)
            guard try row.step() else { return nil }
            guard let crossSiteTokenHash = SecretHash(bytes: row.bytes(at: 3)) else { throw .unreadable("session") }
            return Session(
                user: try UserStore.user(row), crossSiteTokenHash: crossSiteTokenHash, createdAt: row.time(at: 4),
                expiresAt: row.time(at: 5))
        }
    }

    /// The session with its end moved; where that cannot be written, as it was.
    private func extended(_ session: Session, _ hash: SecretHash) async -> Session {
        let idleEnd = options.now().advanced(by: Self.idleLife)
        let expiresAt = min(idleEnd, session.createdAt.advanced(by: Self.life))
        guard expiresAt.since(session.expiresAt) >= Self.extensionMin else { return session }
        let isWritten: Void? = try? await connections.writer.transact { database throws(DatabaseError) in
            let update = try database.prepare("UPDATE session SET expires_ms = ?2 WHERE hash = ?1")
            try update.bind(hash.bytes, at: 1)
            try update.bind(expiresAt.unixMs, at: 2)
            try update.run()
        }
        guard isWritten != nil else { return session }
        return Session(
            user: session.user, crossSiteTokenHash: session.crossSiteTokenHash, createdAt: session.createdAt,
            expiresAt: expiresAt)
    }
}
