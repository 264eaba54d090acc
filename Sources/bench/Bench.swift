import Base
import Foundation

/// One part of the benchmark: a name that `--only` selects by, and what it measures.
struct Section: Sendable {
    let name: String
    let measure: @Sendable (borrowing Workshop) async throws -> [Figure]
}

/// Runs the sections, prints the table as it grows and writes them to the report.
struct Bench {
    static let sections = [
        Section(name: "funnel") { try measureFunnels($0) },
        Section(name: "query") { try measureQueries($0) },
        Section(name: "query-and-ingest") { try measureConcurrency($0) },
        Section(name: "bytes-per-event") { measureMemory($0) },
        Section(name: "timeline") { try measureTimeline($0) },
        Section(name: "journal") { try await measureJournal($0) },
        Section(name: "dedup") { try await measureDedup($0) },
        Section(name: "cleaning") { try measureCleaning($0) },
        Section(name: "decide") { try await measureDecide($0) },
        Section(name: "ingest") { try await measureIngest($0) },
        Section(name: "http") { try await measureServer($0) },
    ]

    let options: BenchOptions

    /// - Returns: Whether every section that was asked for succeeded.
    func run() async -> Bool {
        let sections = Self.sections.filter { $0.name.hasPrefix(options.namePrefix) }
        guard !sections.isEmpty else {
            print(
                "bench: no section begins with \(options.namePrefix); there are",
                Self.sections.map(\.name).joined(separator: ", "))
            return false
        }
        let shared = SharedTimeline(options: options)
        var figures: [Figure] = []
        var isWhole = true
        say("\(Machine.description)\n\n\(FigureTable.head)")
        for section in sections {
            do {
                let workshop = try Workshop(options: options, shared: shared)
                let found = try await section.measure(workshop).map { $0.of(times: options.times) }
                found.forEach { say(FigureTable.line($0)) }
                figures += found
            } catch {
                say("\(section.name) FAILED: \(error)")
                isWhole = false
            }
        }
        return write(figures) && isWhole
    }

    /// At once, also into a file: a full run takes minutes.
    private func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    private func write(_ figures: [Figure]) -> Bool {
        let path = options.reportPath
        do {
            try FileManager.default.createDirectory(atPath: "build", withIntermediateDirectories: true)
            let older = options.namePrefix.isEmpty ? nil : FileManager.default.contents(atPath: path)
            let report = try FigureReport(json: older.map { try JSON.parse(Array($0)) }).merging(figures)
            try Data(report.json.bytes).write(to: URL(filePath: path), options: .atomic)
            return true
        } catch {
            print("bench: cannot write \(path): \(error)")
            return false
        }
    }
}

/// What the figures depend on besides the program.
enum Machine {
    static var description: String {
        let processor = value(of: "model name", in: "/proc/cpuinfo") ?? "unknown processor"
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first
        return """
            \(processor), \(ProcessInfo.processInfo.activeProcessorCount) cores, \(FigureTable.number(memory)) GB; \
            load average at the start \(load ?? "unknown")
            """
    }

    private static func value(of name: String, in file: String) -> String? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return nil }
        return line.split(separator: ":").dropFirst().joined(separator: ":").trimmingCharacters(in: .whitespaces)
    }
}

/// The figures as lines of text.
enum FigureTable {
    static let head = line("figure", "ours", "unit", "peer", "times better", "")

    static func line(_ figure: Figure) -> String {
        line(
            figure.name, number(figure.ours), figure.unit, figure.peer.map { number($0.value) } ?? "–",
            figure.ratio.map { number($0) } ?? "–",
            [figure.peer?.name, figure.note].compactMap { $0?.isEmpty == false ? $0 : nil }.joined(separator: "; "))
    }

    /// Three digits that count, thousands apart.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        if abs(value) < 100 { return String(format: abs(value) < 10 ? "%.2f" : "%.1f", value) }
        var digits = Array(String(Int64(value.rounded())))
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(" ", at: place) }
        return String(digits)
    }

    private static func line(
        _ name: String, _ ours: String, _ unit: String, _ peer: String, _ ratio: String, _ note: String
    ) -> String {
        [
            left(name, 34), right(ours, 12), left(unit, 12), right(peer, 12), right(ratio, 12), note,
        ].joined(separator: "  ")
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
