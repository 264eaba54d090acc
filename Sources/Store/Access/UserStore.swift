public import Base
public import Domain

/// The people who may sign in.
public final class UserStore: Sendable {
    /// How long the link of the first start may be followed.
    public static let setupLinkLife = Milliseconds.hours(24)

    private let connections: Connections
    private let options: ControlStoreOptions
    private let sessionCache: CredentialCache<Session>
    private let hasher: PasswordHasher

    init(_ connections: Connections, _ options: ControlStoreOptions, sessionCache: CredentialCache<Session>) {
        self.connections = connections
        self.options = options
        self.sessionCache = sessionCache
        hasher = PasswordHasher(cost: options.passwordCost)
    }

    /// In the order of their names.
    public func list() async throws(AccessError) -> [User] {
        try await connections.reader.read { database throws(DatabaseError) in
            let rows = try database.prepare(Self.select + " ORDER BY name")
            var users: [User] = []
            while try rows.step() { users.append(try Self.user(rows)) }
            return users
        }
    }

    /// The password is hashed; it is neither kept nor logged. Names differ by more than the case of their letters.
    public func add(name: UserName, password: String, role: Role) async throws(AccessError) -> User {
        let user = User(name: name, role: role, createdAt: options.now())
        let hash = try await hasher.hash(password)
        return try await connections.writer.change { database throws(DatabaseError) in
            try Self.insert(user, passwordHash: hash, into: database)
        }
    }

    /// Ends the user's sessions too.
    public func remove(name: UserName) async throws(AccessError) {
        defer { sessionCache.forgetAll() }
        try await connections.writer.change { database throws(DatabaseError) -> Result<Void, AccessError> in
            let row = try database.prepare(Self.select + " WHERE name = ?1")
            try row.bind(name.text, at: 1)
            guard try row.step() else { return .failure(.unknownUser) }
            if try Self.user(row).role == .admin, try Self.count("role = 'admin'", in: database) == 1 {
                return .failure(.lastAdmin)
            }
            let delete = try database.prepare("DELETE FROM user WHERE name = ?1")
            try delete.bind(name.text, at: 1)
            try delete.run()
            return .success(())
        }
    }

    /// - Returns: Nil where there is no such user or the password is wrong; both take equally long.
    public func find(name: UserName, password: String) async throws(AccessError) -> User? {
        let found = try await connections.reader.read { database throws(DatabaseError) -> (User, hash: String)? in
            let row = try database.prepare("SELECT name, role, created_ms, password_hash FROM user WHERE name = ?1")
            try row.bind(name.text, at: 1)
            return try row.step() ? (try Self.user(row), row.text(at: 3)) : nil
        }
        return try await hasher.isPassword(password, of: found?.hash) ? found?.0 : nil
    }

    /// Ends the user's sessions, except the one with the id `sessionID`.
    ///
    /// - Returns: False where there is no such user or `current` is wrong; both take equally long, and change nothing.
    public func changePassword(
        name: UserName, current: String, password: String, keeping sessionID: String
    ) async throws(AccessError) -> Bool {
        let currentHash = try await connections.reader.read { database throws(DatabaseError) -> String? in
            let row = try database.prepare("SELECT password_hash FROM user WHERE name = ?1")
            try row.bind(name.text, at: 1)
            return try row.step() ? row.text(at: 0) : nil
        }
        guard try await hasher.isPassword(current, of: currentHash), let currentHash else { return false }
        let hash = try await hasher.hash(password)
        let kept = SecretHash(of: sessionID, use: .session)
        defer { sessionCache.forgetAll() }
        return try await connections.writer.change { database throws(DatabaseError) -> Result<Bool, AccessError> in
            let update = try database.prepare(
                "UPDATE user SET password_hash = ?1 WHERE name = ?2 AND password_hash = ?3")
            try update.bind(hash, at: 1)
            try update.bind(name.text, at: 2)
            try update.bind(currentHash, at: 3)
            try update.run()
            guard database.countChanged == 1 else { return .success(false) }  // Changed while this one was hashed.
            let delete = try database.prepare(
                "DELETE FROM session WHERE user_id = (SELECT id FROM user WHERE name = ?1) AND hash <> ?2")
            try delete.bind(name.text, at: 1)
            try delete.bind(kept.bytes, at: 2)
            try delete.run()
            return .success(true)
        }
    }

    /// True until the first user is made.
    public func isSetupNeeded() async throws(AccessError) -> Bool {
        try await connections.reader.read { database throws(DatabaseError) in try Self.count("true", in: database) == 0
        }
    }

    /// The secret of a link with which the first administrator is made; it takes the place of any earlier one.
    ///
    /// - Returns: Nil where there is a user.
    public func makeSetupLink() async throws(AccessError) -> String? {
        let secret = Secret(.setupLink, random: options.random)
        let expiresAt = options.now().advanced(by: Self.setupLinkLife)
        return try await connections.writer.change { database throws(DatabaseError) -> Result<String?, AccessError> in
            guard try Self.count("true", in: database) == 0 else { return .success(nil) }
            try database.execute("DELETE FROM setup_link")
            let insert = try database.prepare("INSERT INTO setup_link (hash, expires_ms) VALUES (?1, ?2)")
            try insert.bind(secret.hash.bytes, at: 1)
            try insert.bind(expiresAt.unixMs, at: 2)
            try insert.run()
            return .success(secret.text)
        }
    }

    /// Makes the first administrator; the link is used up.
    public func setUp(link: String, name: UserName, password: String) async throws(AccessError) -> User {
        let link = SecretHash(of: link, use: .setupLink)
        let now = options.now()
        let isValid = try await connections.reader.read { database throws(DatabaseError) in
            try Self.isValid(link, at: now, in: database)
        }
        guard isValid else { throw .linkNotValid }  // Before the work of a hash: it costs a stranger nothing to ask.
        let hash = try await hasher.hash(password)
        let user = User(name: name, role: .admin, createdAt: now)
        return try await connections.writer.change { database throws(DatabaseError) -> Result<User, AccessError> in
            guard try Self.isValid(link, at: now, in: database) else { return .failure(.linkNotValid) }
            try database.execute("DELETE FROM setup_link")
            return try Self.insert(user, passwordHash: hash, into: database)
        }
    }

    private static func isValid(
        _ link: SecretHash, at now: EventTime, in database: borrowing Database
    ) throws(DatabaseError) -> Bool {
        let row = try database.prepare(
            "SELECT 1 FROM setup_link WHERE hash = ?1 AND expires_ms > ?2 AND NOT EXISTS (SELECT 1 FROM user)")
        try row.bind(link.bytes, at: 1)
        try row.bind(now.unixMs, at: 2)
        return try row.step()
    }

    private static func insert(
        _ user: User, passwordHash: String, into database: borrowing Database
    ) throws(DatabaseError) -> Result<User, AccessError> {
        let insert = try database.prepare(
            """
            INSERT INTO user (name, role, password_hash, created_ms) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING
            """)
        try insert.bind(user.name.text, at: 1)
        try insert.bind(user.role.rawValue, at: 2)
        try insert.bind(passwordHash, at: 3)
        try insert.bind(user.createdAt.unixMs, at: 4)
        try insert.run()
        return database.countChanged == 1 ? .success(user) : .failure(.nameTaken)
    }

    private static func count(
        _ condition: StaticString, in database: borrowing Database
    ) throws(DatabaseError) -> Int64 {
        let row = try database.prepare("SELECT count(*) FROM user WHERE \(condition)")
        return try row.step() ? row.int64(at: 0) : 0
    }

    private static let select = "SELECT name, role, created_ms FROM user"

    static func user(_ row: borrowing Statement) throws(DatabaseError) -> User {
        guard let name = UserName(row.text(at: 0)), let role = Role(rawValue: row.text(at: 1)) else {
            throw .unreadable("user")
        }
        return User(name: name, role: role, createdAt: row.time(at: 2))
    }
}
