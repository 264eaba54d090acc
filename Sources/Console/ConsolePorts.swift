public import Base
public import Domain

/// What the console needs of the world. The closures have the shapes of the store's own calls.
public struct ConsolePorts: Sendable {
    public struct Tokens: Sendable {
        /// The token with this text; nil where it is unknown or revoked. Asked for each request: mostly from memory.
        public var find: @Sendable (_ text: String) async throws(AccessError) -> AccessToken?
        public var list: @Sendable () async throws(AccessError) -> [AccessToken]
        public var create:
            @Sendable (_ kind: TokenKind, _ name: SourceName) async throws(AccessError) -> (
                token: AccessToken, text: String
            )
        /// Nil where there is no such token.
        public var revoke: @Sendable (_ id: Int64) async throws(AccessError) -> AccessToken?

        public init(
            find: @escaping @Sendable (_ text: String) async throws(AccessError) -> AccessToken?,
            list: @escaping @Sendable () async throws(AccessError) -> [AccessToken],
            create:
                @escaping @Sendable (_ kind: TokenKind, _ name: SourceName) async throws(AccessError) -> (
                    token: AccessToken, text: String
                ),
            revoke: @escaping @Sendable (_ id: Int64) async throws(AccessError) -> AccessToken?
        ) {
            self.find = find
            self.list = list
            self.create = create
            self.revoke = revoke
        }
    }

    public struct Sessions: Sendable {
        public var begin: @Sendable (_ user: UserName) async throws(AccessError) -> (id: String, crossSiteToken: String)
        /// Who is signed in; compares the cross-site token in constant time.
        public var find:
            @Sendable (_ id: String, _ crossSiteToken: String?) async throws(AccessError) -> (
                user: User, isCrossSiteTokenValid: Bool
            )?
        public var end: @Sendable (_ id: String) async throws(AccessError) -> Void

        public init(
            begin:
                @escaping @Sendable (_ user: UserName) async throws(AccessError) -> (
                    id: String, crossSiteToken: String
                ),
            find:
                @escaping @Sendable (_ id: String, _ crossSiteToken: String?) async throws(AccessError) -> (
                    user: User, isCrossSiteTokenValid: Bool
                )?,
            end: @escaping @Sendable (_ id: String) async throws(AccessError) -> Void
        ) {
            self.begin = begin
            self.find = find
            self.end = end
        }
    }

    public struct Users: Sendable {
        public var list: @Sendable () async throws(AccessError) -> [User]
        public var add: @Sendable (_ name: UserName, _ password: String, _ role: Role) async throws(AccessError) -> User
        public var remove: @Sendable (_ name: UserName) async throws(AccessError) -> Void
        /// Nil where there is no such user or the password is wrong; both take equally long.
        public var find: @Sendable (_ name: UserName, _ password: String) async throws(AccessError) -> User?
        /// Ends the user's sessions, except the one with this id. False where `find` is nil for the current password.
        public var changePassword:
            @Sendable (_ name: UserName, _ current: String, _ password: String, _ keptSession: String)
                async throws(AccessError) -> Bool
        public var isSetupNeeded: @Sendable () async throws(AccessError) -> Bool
        public var setUp:
            @Sendable (_ link: String, _ name: UserName, _ password: String) async throws(AccessError) -> User

        public init(
            list: @escaping @Sendable () async throws(AccessError) -> [User],
            add:
                @escaping @Sendable (_ name: UserName, _ password: String, _ role: Role) async throws(AccessError) ->
                User,
            remove: @escaping @Sendable (_ name: UserName) async throws(AccessError) -> Void,
            find: @escaping @Sendable (_ name: UserName, _ password: String) async throws(AccessError) -> User?,
            changePassword:
                @escaping @Sendable (_ name: UserName, _ current: String, _ password: String, _ keptSession: String)
                async throws(AccessError) -> Bool,
            isSetupNeeded: @escaping @Sendable () async throws(AccessError) -> Bool,
            setUp:
                @escaping @Sendable (_ link: String, _ name: UserName, _ password: String) async throws(AccessError)
                -> User
        ) {
            self.list = list
            self.add = add
            self.remove = remove
            self.find = find
            self.changePassword = changePassword
            self.isSetupNeeded = isSetupNeeded
            self.setUp = setUp
        }
    }

    public var tokens: Tokens
    public var sessions: Sessions
    public var users: Users
    public var audit: @Sendable (AuditEntry) async throws -> Void
    public var now: @Sendable () -> EventTime

    public init(
        tokens: Tokens, sessions: Sessions, users: Users,
        audit: @escaping @Sendable (AuditEntry) async throws -> Void, now: @escaping @Sendable () -> EventTime
    ) {
        self.tokens = tokens
        self.sessions = sessions
        self.users = users
        self.audit = audit
        self.now = now
    }
}
