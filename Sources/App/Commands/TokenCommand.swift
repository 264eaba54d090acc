import Base
import Domain
import Foundation
import Store

extension ProgramCommand {
    static let token = ProgramCommand(
        name: "token", summary: "creates, lists and revokes the tokens that programs send",
        help: """
            usage: quanyu token create --data DIR --kind write|read|admin [--name NAME] [--rotate]
                   quanyu token list   --data DIR
                   quanyu token revoke --data DIR --id ID

              create  Makes a token and prints it on the last line, once: only a hash is kept. The name of a write token
                      is the source of the events sent with it. A name in use is refused; with --rotate the new token
                      takes its place, and the old one is revoked.
              list    One line a token, the revoked ones included.
              revoke  The server refuses the token within five seconds.

            All of them work while a server runs on the folder.
            """
    ) { input in
        let actions = ["create": TokenCommand.create, "list": TokenCommand.list, "revoke": TokenCommand.revoke]
        guard let word = input.words.first, let action = actions[word] else {
            throw UsageError(description: "token needs create, list or revoke; `quanyu help token` says more")
        }
        try await action(Array(input.words.dropFirst()))
        return 0
    }
}

/// `quanyu token …`: the tokens of a data folder.
enum TokenCommand {
    private static let dataMeaning = "the data folder of the tokens"

    @Sendable static func create(_ words: [String]) async throws {
        let arguments = try CommandArguments(words, options: ["--data", "--kind", "--name"], flags: ["--rotate"])
        let data = try arguments.required("--data", meaning: dataMeaning)
        let kinds = TokenKind.allCases.map(\.rawValue).joined(separator: ", ")
        let word = try arguments.required("--kind", meaning: "one of \(kinds)")
        guard let kind = TokenKind(rawValue: word) else {
            throw UsageError(description: "--kind \(word) is none; it is one of \(kinds)")
        }
        let named = try arguments.options["--name"].map(name)
        let store = try control(try DataFolder(creating: data))
        let tokens = try await store.tokens.list()
        let name = named ?? unusedName(kind, among: tokens)
        let replaced = tokens.filter { $0.name == name && $0.revokedAt == nil }
        if let first = replaced.first, !arguments.flags.contains("--rotate") {
            throw UsageError(
                description: "token \(first.id) has the name \(name) already: choose another one, or --rotate to put "
                    + "a new token in its place")
        }
        let (token, text) = try await store.tokens.create(kind: kind, name: name)
        try await audit(.tokenCreated, token, in: store)
        for old in replaced { try await revoke(old.id, in: store) }
        Terminal.complain("token \(token.id): \(kind.rawValue), \(name); keep it, it is not shown again")
        Terminal.say(text)
    }

    @Sendable static func list(_ words: [String]) async throws {
        let arguments = try CommandArguments(words, options: ["--data"])
        let store = try control(try DataFolder(existing: try arguments.required("--data", meaning: dataMeaning)))
        Terminal.say("id\tkind\tname\tcreated\tlast used\trevoked")
        for token in try await store.tokens.list() {
            let times = [token.createdAt, token.lastUsedAt, token.revokedAt].map { $0?.iso8601 ?? "-" }
            Terminal.say("\(token.id)\t\(token.kind.rawValue)\t\(token.name)\t" + times.joined(separator: "\t"))
        }
    }

    @Sendable static func revoke(_ words: [String]) async throws {
        let arguments = try CommandArguments(words, options: ["--data", "--id"])
        let data = try arguments.required("--data", meaning: dataMeaning)
        let text = try arguments.required("--id", meaning: "the first column of `quanyu token list`")
        guard let id = Int64(text) else { throw UsageError(description: "--id \(text) is no whole number") }
        let token = try await revoke(id, in: try control(try DataFolder(existing: data)))
        Terminal.say("token \(token.id) (\(token.kind.rawValue), \(token.name)) is revoked")
    }

    /// Names of sources that are not for tokens: Quanyu's own, and those of people who sign in.
    private static func name(_ text: String) throws(UsageError) -> SourceName {
        guard let name = SourceName(text) else {
            throw UsageError(
                description:
                    "--name must be a text of 1 to \(SourceName.utf8CountMax) bytes without control characters "
                    + "or white space at its ends")
        }
        guard !name.isReserved else {
            throw UsageError(
                description: "--name \(text) is reserved: quanyu and user:… are the sources of Quanyu's own events")
        }
        return name
    }

    /// `read-1`, `read-2`, …
    private static func unusedName(_ kind: TokenKind, among tokens: [AccessToken]) -> SourceName {
        let used = Set(tokens.map(\.name))
        var number = 1
        while used.contains(SourceName(validated: "\(kind.rawValue)-\(number)")) { number += 1 }
        return SourceName(validated: "\(kind.rawValue)-\(number)")
    }

    @discardableResult
    private static func revoke(_ id: Int64, in store: ControlStore) async throws -> AccessToken {
        guard let token = try await store.tokens.revoke(id: id) else {
            throw UsageError(description: "there is no token \(id); `quanyu token list` names all")
        }
        try await audit(.tokenRevoked, token, in: store)
        return token
    }

    private static func audit(_ action: AuditAction, _ token: AccessToken, in store: ControlStore) async throws {
        let detail = JSONObject([
            JSONObject.Member(name: "id", value: .int(token.id)),
            JSONObject.Member(name: "kind", value: .string(token.kind.rawValue)),
        ])
        let entry = AuditEntry(actor: "command", action: action, target: token.name.text, detail: detail)
        try await store.audit.append(entry, at: WallClock.now())
    }

    private static func control(_ folder: DataFolder) throws(DatabaseError) -> ControlStore {
        try ControlStore(path: folder.control, options: ControlStoreOptions(now: WallClock.now))
    }
}
