import Base
import Foundation
import Testing

@testable import App

@Suite struct ConfigurationTests {
    private func configuration(
        file: String? = nil, environment: [String: String] = [:], flags: [String: String] = [:]
    ) throws -> Configuration {
        try Configuration(
            file: try file.map { try #require(try JSON.parse($0).objectValue) }, environment: environment, flags: flags)
    }

    @Test func theLaterPlaceWins() throws {
        #expect(try configuration().whole(.port) == 8080)
        #expect(try configuration(file: #"{"port":1}"#).whole(.port) == 1)
        #expect(try configuration(file: #"{"port":1}"#, environment: ["QUANYU_PORT": "2"]).whole(.port) == 2)
        let all = try configuration(file: #"{"port":1}"#, environment: ["QUANYU_PORT": "2"], flags: ["port": "3"])
        #expect(all.whole(.port) == 3)
    }

    @Test func everyKindIsReadFromEveryPlace() throws {
        let file = #"{"cors_origins":["a","b"],"trust_forwarded_proto":true,"exploration_floor":0.5,"currency":"USD"}"#
        let environment = [
            "QUANYU_CORS_ORIGINS": "a, b", "QUANYU_TRUST_FORWARDED_PROTO": "true", "QUANYU_EXPLORATION_FLOOR": "0.5",
            "QUANYU_CURRENCY": "USD",
        ]
        for got in [try configuration(file: file), try configuration(environment: environment)] {
            #expect(got.list(.corsOrigins) == ["a", "b"])
            #expect(got.flag(.trustForwardedProto))
            #expect(got.number(.explorationFloor) == 0.5)
            #expect(got.currency(.currency) == .usd)
        }
    }

    @Test(arguments: [
        #"{"port":70000}"#, #"{"port":"x"}"#, #"{"port":1.5}"#, #"{"exploration_floor":0}"#, #"{"cors_origins":[1]}"#,
        #"{"trust_forwarded_proto":"yes"}"#, #"{"host":5}"#, #"{"ports":1}"#, #"{"currency":"yuan"}"#,
        #"{"currency":""}"#,
    ])
    func aValueOutOfRangeOrAnUnknownNameIsRefused(file: String) {
        #expect(throws: ConfigurationError.self) { try configuration(file: file) }
    }

    @Test func aVariableThatIsNoSettingIsIgnored() throws {
        #expect(try configuration(environment: ["QUANYU_PORTS": "1"]).whole(.port) == 8080)
    }

    @Test func theDocumentationListsEverySettingWithItsDefaultAndMeaning() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md")
        let text = try String(contentsOf: root, encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.count == ConfigurationKey.all.count)
        for (row, key) in zip(rows, ConfigurationKey.all) {
            #expect(row.hasPrefix("| `\(key.name)` |"))
            #expect(row.hasSuffix("| \(key.meaning) |"))
            switch key.fallback {
            case .whole(let value, let range):
                #expect(row.contains("`\(value)` | whole number \(range.lowerBound) to \(range.upperBound)"))
            case .number(let value, _):
                let shown = value == value.rounded() ? String(Int(value)) : value.description
                #expect(row.contains("`\(shown)`"))
            case .flag(let value): #expect(row.contains("`\(value)`"))
            case .text(let value): #expect(row.contains(value.isEmpty ? "empty" : "`\(value)`"))
            case .list: #expect(row.contains("empty"))
            case .currency(let value): #expect(row.contains("`\(value.code)` | three letters"))
            }
        }
    }
}

@Suite struct CommandArgumentsTests {
    @Test func optionsAndFlagsAreReadInAnyOrder() throws {
        let got = try CommandArguments(
            ["--again", "--data", "d", "--file=f=1"], options: ["--data", "--file"], flags: ["--again"])
        #expect(got.options == ["--data": "d", "--file": "f=1"])
        #expect(got.flags == ["--again"])
    }

    @Test(arguments: [["--dat", "x"], ["--data"], ["x"], ["--again=1"]])
    func whatIsNotKnownIsRefused(words: [String]) {
        #expect(throws: UsageError.self) { try CommandArguments(words, options: ["--data"], flags: ["--again"]) }
    }
}
