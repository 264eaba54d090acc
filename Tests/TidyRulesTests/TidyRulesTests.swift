import Testing

@testable import TidyRules

/// A small house: two tiers, and what Package.swift says of them.
private let package = SourceFile(
    path: "Package.swift",
    text: """
        let systemLibraries: [Target] = [ .target(name: "CStone") ]
        let rooms: [Target] = [
            // Tier 0: no domain.
            room("Base", ["CStone"], unsafe: true),
            room("Kernels"),
            // Tier 2: parts.
            room("Lake", ["Base"]),
            room("Store", ["Base", "Lake"]),
            // Tier 5: the composition root.
            room(
                "App",
                [
                    "Base", "Lake",
                    "Store",
                ], unsafe: true),
        ]
        let package = Package(name: "x", targets: [room("Other", ["App"])])
        """)

private func findings(_ path: String, _ text: String) -> [String] {
    HouseRules(package: package).check(SourceFile(path: path, text: text)) { $0 == "docs/there.md" }
        .map { "\($0.line): \($0.what)" }
}

struct SwiftRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let code: String, want: [String]
        var testDescription: String { code }
    }

    private static let unwrap = "1: force unwrap stops the program on nil"

    static let cases = [
        Case(code: "let a = b!", want: [unwrap]),
        Case(code: "f()!.x", want: [unwrap]),
        Case(code: "a[0]! += 1", want: [unwrap]),
        Case(code: "var pointer: Pointer!", want: [unwrap]),
        Case(code: "if a != b, !c, a!=b { }", want: []),
        Case(code: "let a = try! f()", want: ["1: try! stops the program on an error"]),
        Case(code: "let a = b as! C", want: ["1: as! stops the program on another type"]),
        Case(code: "fatalError(\"no\")", want: ["1: fatalError stops the program"]),
        Case(code: "class A: @unchecked Sendable {}", want: ["1: @unchecked Sendable turns off the race check"]),
        Case(code: "/// Never `a!`, `try!` or `as!`.", want: []),
        Case(code: "/* a! /* b! */ c! */ d!", want: [unwrap]),
        Case(code: #"let s = "a! \(b ?? "c!") try!""#, want: []),
        Case(code: ##"let s = #"a!"\"# + b!"##, want: [unwrap]),
        Case(code: "let s = \"\"\"\n  a! \"b!\"\n  \"\"\"\nc!", want: ["4: force unwrap stops the program on nil"]),
        Case(code: "let s = \"open\nb!", want: ["2: force unwrap stops the program on nil"]),
    ]

    @Test(arguments: cases)
    func findsWhatStopsTheProgram(_ c: Case) { #expect(findings("Sources/Base/A.swift", c.code) == c.want) }
}

struct SizeTests {
    private static func function(_ head: String, lineCount: Int) -> String {
        ([head] + Array(repeating: "    step()", count: lineCount - 2) + ["}"]).joined(separator: "\n")
    }

    @Test(arguments: ["func f() {", "init(a: Int) {", "deinit {", "var a: Int {", "func f(done: () -> Void = {}) {"])
    func aBodyOfMoreThan70LinesIsTooLong(_ head: String) {
        #expect(findings("Sources/Base/A.swift", Self.function(head, lineCount: 70)).isEmpty)
        let want = ["1: function of 71 lines, at most 70"]
        #expect(findings("Sources/Base/A.swift", Self.function(head, lineCount: 71)) == want)
    }

    @Test(arguments: ["struct A {", "extension A where B == C {", "let table = run {", "var table: Table = run {"])
    func whatIsNoFunctionMayBeLonger(_ head: String) {
        #expect(findings("Sources/Base/A.swift", Self.function(head, lineCount: 90)).isEmpty)
    }

    @Test func functionsAreMeasuredOneByOne() {
        let text = "protocol P {\n    func f()\n    var a: Int { get }\n}\nstruct A {\n"
        let members = Self.function("func f() {", lineCount: 60) + "\n" + Self.function("func g() {", lineCount: 75)
        #expect(findings("Sources/Base/A.swift", text + members + "\n}\n") == ["66: function of 75 lines, at most 70"])
    }

    @Test func aFileOfMoreThan400LinesIsTooLong() {
        let text = String(repeating: "\n", count: 400)
        #expect(findings("Sources/Base/A.swift", text).isEmpty)
        #expect(findings("Sources/Base/A.swift", text + "\n") == ["401: 401 lines, at most 400"])
        #expect(findings("web/app.js", text + "\n") == ["401: 401 lines, at most 400"])
        #expect(findings("docs/a.md", text + "\n").isEmpty)
    }

    @Test func columnsAreCharactersNotBytes() {
        #expect(findings("Sources/Base/A.swift", "// " + String(repeating: "全", count: 117)).isEmpty)
        let want = ["1: 121 columns, at most 120"]
        #expect(findings("Sources/Base/A.swift", "// " + String(repeating: "全", count: 118)) == want)
    }
}

struct TextRuleTests {
    @Test(arguments: ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
    func unfinishedWorkIsFound(_ marker: String) {
        #expect(findings("scripts/a.py", "# \(marker): later") == ["1: \(marker) marks unfinished work"])
        #expect(findings("scripts/a.py", "# S\(marker)Y").isEmpty)
    }

    @Test func foldersOfOneMachineAreFoundOutsideTests() {
        let folder = "/" + "tmp"
        #expect(
            findings("Sources/Base/A.swift", "let a = \"\(folder)/a\"") == ["1: \(folder) is a folder of one machine"])
        #expect(findings("Sources/Base/A.swift", "let a = \"x\(folder)/a\"").isEmpty)
        #expect(findings("Sources/Base/A.swift", "let a = \"\(folder)late\"").isEmpty)
        #expect(findings("Tests/BaseTests/A.swift", "let a = \"\(folder)/a\"").isEmpty)
        #expect(findings("docs/there.md", "quanyu serve --data \(folder)/a").isEmpty)
    }

    @Test func hostsOfRegistriesAreFoundEverywhere() {
        let host = "pypi" + ".org"
        for path in ["docs/there.md", "scripts/a.txt", "Tests/a.py"] {
            #expect(findings(path, "https://\(host)/simple") == ["1: \(host) is a registry's host"])
        }
    }

    @Test func whiteSpaceAtTheEndIsFoundInPrograms() {
        #expect(findings("web/a.js", "a = 1 \nb = 2") == ["1: white space at the end"])
        #expect(findings("scripts/run", "#!/usr/bin/env bash\nls\t") == ["2: white space at the end"])
        #expect(findings("docs/a.md", "a  \nb").isEmpty)
    }
}

struct TierTests {
    @Test func aRoomMayNotDependOnASibling() {
        let found = HouseRules(package: package).check(package) { _ in true }
        #expect(found.map(\.what) == ["Store depends on Lake, a sibling in tier 2"])
        #expect(found.map(\.line) == [8])
    }

    @Test func aRoomThatStandsOverSeveralLinesIsReadWhole() {
        #expect(TierTable(package: package).rooms.last?.dependencies == ["Base", "Lake", "Store"])
    }

    @Test(arguments: [
        ("Sources/Lake/A.swift", "public import Base", nil),
        ("Sources/Lake/A.swift", "private import Store", "1: Lake may not import Store"),
        ("Sources/Lake/A.swift", "import struct App.Configuration", "1: Lake may not import App"),
        ("Sources/Lake/A.swift", "// import App", nil),
        ("Sources/Kernels/A.swift", "@testable import Base", "1: Kernels may not import Base"),
        ("Sources/Kernels/A.swift", "import Foundation", "1: Kernels imports Foundation"),
        ("Sources/Lake/A.swift", "import Foundation", nil),
        ("Tests/LakeTests/A.swift", "import Store", nil),
    ])
    func importsFollowTheTable(path: String, text: String, want: String?) {
        #expect(findings(path, text) == [want].compactMap(\.self))
    }
}

struct DocumentLinkTests {
    @Test(arguments: [
        ("docs/a.md", "[a](there.md) [b](there.md#part) [c](#part)", [String]()),
        ("docs/deep/a.md", "[a](../there.md)", []),
        ("README.md", "![a](docs/there.md) [b](https://example.com/x) [c](mailto:a@b.c)", []),
        ("README.md", "see [a](there.md)", ["1: link to there.md, which is not there"]),
        ("README.md", "[a](../there.md)", ["1: link to ../there.md, which is not there"]),
        ("README.md", "```\na[0](b)\n```", []),
    ])
    func linksLeadToFiles(path: String, text: String, want: [String]) {
        #expect(findings(path, text) == want)
    }
}
