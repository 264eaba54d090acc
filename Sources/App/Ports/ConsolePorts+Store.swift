import Base
import Console
import Domain
import Store

extension ConsolePorts {
    /// The console over the control database.
    init(_ store: ControlStore) {
        self.init(
            tokens: Tokens(
                find: { text throws(AccessError) in try await store.tokens.find(text: text) },
                list: { () throws(AccessError) in try await store.tokens.list() },
                create: { kind, name throws(AccessError) in try await store.tokens.create(kind: kind, name: name) },
                revoke: { id throws(AccessError) in try await store.tokens.revoke(id: id) }),
            sessions: Sessions(
                begin: { user throws(AccessError) in try await store.sessions.begin(user: user) },
                find: { id, token throws(AccessError) in
                    try await store.sessions.find(id: id, crossSiteToken: token)
                },
                end: { id throws(AccessError) in try await store.sessions.end(id: id) }),
            users: Users(
                list: { () throws(AccessError) in try await store.users.list() },
                add: { name, password, role throws(AccessError) in
                    try await store.users.add(name: name, password: password, role: role)
                },
                remove: { name throws(AccessError) in try await store.users.remove(name: name) },
                find: { name, password throws(AccessError) in
                    try await store.users.find(name: name, password: password)
                },
                changePassword: { name, current, password, keptSession throws(AccessError) in
                    try await store.users.changePassword(
                        name: name, current: current, password: password, keeping: keptSession)
                },
                isSetupNeeded: { () throws(AccessError) in try await store.users.isSetupNeeded() },
                setUp: { link, name, password throws(AccessError) in
                    try await store.users.setUp(link: link, name: name, password: password)
                }),
            audit: { entry in try await store.audit.append(entry, at: WallClock.now()) },
            now: WallClock.now)
    }
}
