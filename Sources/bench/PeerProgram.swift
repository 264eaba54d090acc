import Base
import Foundation

/// An engine that figures are held against.
enum Peer: String {
    case chdb
    case duckdb
    case sqlite

    /// chDB's wheel is seven times DuckDB's, so that only `scripts/setup bench` installs it; the others come with the
    /// tests, and a run that lacks them fails.
    var isInstalledForTests: Bool { self != .chdb }
}

/// A Python program of `scripts/bench` that measures a peer on the same data.
///
/// It gets the name of the peer, the request as a JSON file, and where to write its answer as JSON. The answer holds
/// `missing` where the peer is not installed.
struct PeerProgram {
    let script: String

    private static let python = ProcessInfo.processInfo.environment["QUANYU_PYTHON"] ?? "build/venv/bin/python"

    /// - Returns: The answer; nil where the peer is not installed, the run is a smoke test, and the setup of tests does
    ///   not promise the peer.
    func run(_ peer: Peer, _ request: JSON, in workshop: borrowing Workshop) throws -> JSON? {
        let name = peer.rawValue
        let (requestPath, answerPath) = (workshop.path("\(name)-request.json"), workshop.path("\(name)-answer.json"))
        try Data(request.bytes).write(to: URL(filePath: requestPath))
        guard FileManager.default.isExecutableFile(atPath: Self.python) else {
            return try without(peer, lacking: Self.python, workshop.options)
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: Self.python)
        process.arguments = ["scripts/bench/\(script)", name, requestPath, answerPath]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let log = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let answer = FileManager.default.contents(atPath: answerPath) else {
            throw BenchError.peerFailed(script: script, log: String(decoding: log.suffix(2000), as: UTF8.self))
        }
        let json = try JSON.parse(Array(answer))
        if let missing = json["missing"]?.stringValue { return try without(peer, lacking: missing, workshop.options) }
        return json
    }

    private func without(_ peer: Peer, lacking what: String, _ options: BenchOptions) throws -> JSON? {
        let group = peer.isInstalledForTests ? "test" : "bench"
        guard options.size == .smoke, !peer.isInstalledForTests else {
            throw BenchError.missing(what: what, mend: "run `scripts/setup \(group)`")
        }
        return nil
    }
}
