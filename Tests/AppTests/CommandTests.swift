import Base
import Domain
import Foundation
import Store
import TestSupport
import Testing

@testable import App

@Suite struct QuanyuProgramTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let words: [String], exitCode: Int32, said: String
        var testDescription: String { words.joined(separator: " ") }
    }

    static let cases = [
        Case(words: [], exitCode: 2, said: "usage: quanyu COMMAND"),
        Case(words: ["nonsense"], exitCode: 2, said: "unknown command nonsense"),
        Case(words: ["version"], exitCode: 0, said: "quanyu \(Version.text)"),
        Case(words: ["--version"], exitCode: 0, said: "quanyu \(Version.text)"),
        Case(words: ["version", "x"], exitCode: 2, said: "unknown argument x"),
        Case(words: ["help"], exitCode: 0, said: "serve"),
        Case(words: ["help", "nonsense"], exitCode: 2, said: "unknown command nonsense"),
        Case(words: ["serve"], exitCode: 2, said: "--data is missing"),
        Case(words: ["serve", "--data", "/nowhere", "--port", "http"], exitCode: 2, said: "setting port (flag)"),
        Case(words: ["serve", "--data", "/nowhere", "--currency", "元"], exitCode: 2, said: "setting currency (flag)"),
        Case(words: ["import", "--data", "x"], exitCode: 2, said: "--file is missing"),
        Case(words: ["export", "--data", "/nowhere/at/all"], exitCode: 1, said: "/nowhere/at/all is no data folder"),

        Case(words: ["token"], exitCode: 2, said: "create, list or revoke"),
        Case(words: ["token", "create", "--data", "x", "--kind", "king"], exitCode: 2, said: "--kind king"),
        Case(words: ["token", "list", "--data", "/nowhere"], exitCode: 1, said: "/nowhere is no data folder"),
    ]

    @Test(arguments: cases) func everyCommandLineIsAnsweredOrExplained(_ c: Case) async {
        let answer = await run(c.words)
        #expect(answer.exitCode == c.exitCode)
        #expect((answer.result + answer.aside).contains(c.said))
    }

    @Test(arguments: QuanyuProgram.commands.map(\.name)) func everyCommandHasHelp(name: String) async {
        for words in [["help", name], [name, "--help"]] {
            let answer = await run(words)
            #expect(answer.exitCode == 0)
            #expect(answer.result.hasPrefix("usage: quanyu \(name)"))
        }
    }

    @Test func theHelpOfServeNamesEverySetting() async {
        let help = await run(["help", "serve"]).result
        for key in ConfigurationKey.all {
            #expect(help.contains("\(key.flagName) VALUE"))
            #expect(help.contains(key.meaning))
        }
    }
}

@Suite struct TokenCommandTests {
    let folder: TemporaryDirectory
    let data: String

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.path("data of a shop")
    }

    private func create(_ more: String...) async -> CommandAnswer {
        await run(["token", "create", "--data", data, "--kind", "write"] + more)
    }

    private func isKnown(_ text: String) async throws -> Bool {
        let store = try ControlStore(path: data + "/control.sqlite", options: ControlStoreOptions(now: WallClock.now))
        return try await store.tokens.find(text: text) != nil
    }

    @Test func theTokenStandsOnTheLastLineAndWorks() async throws {
        let made = await create("--name", "shop")
        #expect(made.exitCode == 0)
        let text = try #require(made.result.split(separator: "\n").last.map(String.init))
        #expect(text.hasPrefix("qyw_"))
        #expect(try await isKnown(text))
        let listed = await run(["token", "list", "--data", data])
        #expect(listed.result.contains("1\twrite\tshop\t"))
        #expect(!listed.result.contains(text))
    }

    @Test(arguments: ["quanyu", "user:ana", " shop", ""]) func aReservedOrBrokenNameIsRefused(name: String) async {
        let made = await create("--name", name)
        #expect(made.exitCode == 2)
        #expect(made.aside.contains("--name"))
        #expect(!FileManager.default.fileExists(atPath: data))
    }

    @Test func aNameInUseIsRefusedUnlessTheTokenTakesItsPlace() async throws {
        let first = await create("--name", "shop").result.trimmingCharacters(in: .newlines)
        let refused = await create("--name", "shop")
        #expect(refused.exitCode == 2)
        #expect(refused.aside.contains("--rotate"))
        let second = await create("--name", "shop", "--rotate").result.trimmingCharacters(in: .newlines)
        #expect(try await isKnown(second))
        #expect(try await !isKnown(first))
    }

    @Test func tokensWithoutANameGetOneOfTheirOwn() async {
        for _ in 0..<2 { #expect(await create().exitCode == 0) }
        let listed = await run(["token", "list", "--data", data]).result
        #expect(listed.contains("write-1") && listed.contains("write-2"))
    }

    @Test func aRevokedTokenIsUnknownAndARevocationIsAudited() async throws {
        let text = await create("--name", "shop").result.trimmingCharacters(in: .newlines)
        #expect(await run(["token", "revoke", "--data", data, "--id", "1"]).exitCode == 0)
        #expect(try await !isKnown(text))
        #expect(await run(["token", "revoke", "--data", data, "--id", "7"]).aside.contains("no token 7"))
        let store = try ControlStore(path: data + "/control.sqlite", options: ControlStoreOptions(now: WallClock.now))
        let audited = try await store.audit.page(before: nil, countMax: 10).map(\.entry.action)
        #expect(audited == [.tokenRevoked, .tokenCreated])
    }
}
