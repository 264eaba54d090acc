import Base
import Collect
import Domain
import Foundation

extension ProgramCommand {
    static let map = ProgramCommand(
        name: "map", summary: "proposes a mapping for a table: what its columns are, by names and values",
        help: """
            usage: quanyu map --file TABLE [--format csv|ndjson|parquet] [--source NAME] [--zone +08:00]
                              [--currency CNY] [--out MAPPING] [--yes]

              --format FORMAT    Where the name of the file does not tell it.
              --source NAME      The source of the events; otherwise the name of the file.
              --zone OFFSET      Of times that name none; otherwise +08:00.
              --currency CODE    Of amounts that name none; otherwise the setting `currency`.
              --out MAPPING      Writes the mapping there instead of on standard output.
              --yes              Asks nothing, also on a terminal.

            What was guessed, and why, is said on standard error, and so are rows that cannot be read. On a terminal,
            columns can be given another role. Then: quanyu import --data DIR --file TABLE --map MAPPING --dry-run
            """
    ) { input in
        let request = try MapRequest(input.words, environment: input.environment)
        try MapCommand(request: request).run()
        return 0
    }
}

/// What a command line of `quanyu map` asks for.
struct MapRequest {
    let table: TableFile
    let configuration: Configuration
    let source: SourceName
    let zone: String
    let currency: Currency
    let out: String?
    let isAsking: Bool

    init(_ words: [String], environment: [String: String]) throws {
        let arguments = try CommandArguments(
            words, options: ["--file", "--format", "--source", "--zone", "--currency", "--out"], flags: ["--yes"])
        let path = try arguments.required("--file", meaning: "the table to read")
        let file = URL(filePath: path).absoluteURL.standardizedFileURL
        guard FileManager.default.isReadableFile(atPath: file.path) else {
            throw TableError(description: "cannot read \(path): is it there, and may this user read it?")
        }
        let format = try TableFormat(word: arguments.options["--format"], path: path)
        table = TableFile(path: file.path, format: format, isPreview: true)
        configuration = try Configuration(file: nil, environment: environment, flags: [:])
        source = try ImportRequest.source(
            arguments.options["--source"] ?? file.deletingPathExtension().lastPathComponent)
        zone = arguments.options["--zone"] ?? "+08:00"
        guard TimeText.zone(zone) != nil else {
            throw UsageError(description: "--zone \(zone) must be Z or an offset such as +08:00")
        }
        let code = arguments.options["--currency"] ?? configuration.currency(.currency).code
        guard let currency = Currency(code: code) else {
            throw UsageError(description: "--currency \(code) must be three letters of ISO 4217, such as CNY")
        }
        self.currency = currency
        out = arguments.options["--out"]
        isAsking = !arguments.flags.contains("--yes") && Terminal.isWatched && isatty(0) == 1
    }
}

/// `quanyu map`: a look at a table, and a mapping for it.
struct MapCommand {
    let request: MapRequest

    func run() throws {
        let sample = try TableSample(request.table, request.configuration)
        guard !sample.rows.isEmpty else {
            throw TableError(description: "\(request.table.path) holds no row that can be read")
        }
        let guess = TableGuess(rows: sample.rows)
        var choices = TableChoices(
            guess, source: request.source.text, currency: request.currency.code, zone: request.zone)
        explain(guess, choices, sample)
        if request.isAsking { ask(&choices) }
        let text = JSON.object(choices.mapping.objectValue ?? JSONObject()).indented + "\n"
        guard let out = request.out else { return try Terminal.write(Array(text.utf8)) }
        try OutputFile(path: out).write(Array(text.utf8))
        Terminal.complain("the mapping is in \(out); look at it with `quanyu import … --map \(out) --dry-run`")
    }

    private func explain(_ guess: TableGuess, _ choices: TableChoices, _ sample: TableSample) {
        let heads = ["", "column", "values", "role", "sure", "because", "such as"]
        let lines = zip(guess.columns, choices.columns).enumerated().map { index, pair in
            let (column, choice) = pair
            let type = column.form.map { "\(column.type.rawValue) (\($0.rawValue))" } ?? column.type.rawValue
            return [
                String(index + 1), column.name, type, choice.role.rawValue, "\(Int(column.confidence * 100))%",
                column.reason.text, column.samples.joined(separator: " | "),
            ]
        }
        for line in TextTable.lines([heads] + lines) { Terminal.complain(line) }
        Terminal.complain("\(sample.rows.count) rows were looked at; they become \(choices.target.rawValue)")
        if guess.hasZonelessTimes { Terminal.complain("times that name no zone are taken as \(request.zone) (--zone)") }
        for (number, refusal) in sample.refused {
            Terminal.complain("\(sample.place) \(number): \(refusal.reason.rawValue): \(refusal.detail)")
        }
    }

    /// Until the person only presses Enter.
    private func ask(_ choices: inout TableChoices) {
        let known = ColumnRole.known(for: choices.target)
        while true {
            Terminal.complain("Enter takes this; NUMBER ROLE gives a column another role, such as `3 amount`; roles: ")
            Terminal.complain("  " + known.map(\.rawValue).joined(separator: " "))
            guard let line = readLine(), !line.allSatisfy(\.isWhitespace) else { return }
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 2, let number = Int(words[0]), choices.columns.indices.contains(number - 1),
                let role = ColumnRole(rawValue: words[1]), known.contains(role)
            else {
                Terminal.complain("this is none: \(line)")
                continue
            }
            choices.columns[number - 1].role = role
            Terminal.complain("\(choices.columns[number - 1].name): \(role.rawValue)")
        }
    }
}

/// Columns of text side by side.
enum TextTable {
    /// Chinese characters take two places on a terminal.
    static func lines(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? width($0[column]) : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: max(0, width - Self.width(text)))
            }
            let line = cells.joined(separator: "  ")
            return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
        }
    }

    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ((0x1100...0xFFEF).contains($1.value) ? 2 : 1) }
    }
}

extension JSON {
    /// Over several lines, two spaces a level.
    var indented: String { indented(level: 0) }

    private func indented(level: Int) -> String {
        let (inner, outer) = (String(repeating: "  ", count: level + 1), String(repeating: "  ", count: level))
        switch self {
        case .object(let object) where !object.isEmpty:
            let members = object.members.map {
                "\(inner)\(JSON.string($0.name).text): \($0.value.indented(level: level + 1))"
            }
            return "{\n" + members.joined(separator: ",\n") + "\n\(outer)}"
        case .array(let elements) where !elements.isEmpty:
            return "[\n" + elements.map { inner + $0.indented(level: level + 1) }.joined(separator: ",\n")
                + "\n\(outer)]"
        case .null, .bool, .int, .double, .string, .array, .object: return text
        }
    }
}
