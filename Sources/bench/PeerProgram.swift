import Base
import Foundation

/// A Python program of `scripts/bench` that measures a peer on the same data.
///
/// It gets the name of the peer, the request as a JSON file, and where to write its answer as JSON. The answer holds
/// `missing` where the peer is not installed.
struct PeerProgram {
    let script: String

    private static let python = ProcessInfo.processInfo.environment["QUANYU_PYTHON"] ?? "build/venv/bin/python"

    /// - Returns: The answer; nil where the peer or Python itself is not installed and the run is only a smoke test.
    func run(_ peer: String, _ request: JSON, in workshop: borrowing Workshop) throws -> JSON? {
        let (requestPath, answerPath) = (workshop.path("\(peer)-request.json"), workshop.path("\(peer)-answer.json"))
        try Data(request.bytes).write(to: URL(filePath: requestPath))
        guard FileManager.default.isExecutableFile(atPath: Self.python) else {
            return try withoutPeer(Self.python, workshop.options)
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: Self.python)
        process.arguments = ["scripts/bench/\(script)", peer, requestPath, answerPath]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let log = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let answer = FileManager.default.contents(atPath: answerPath) else {
            throw BenchError.peerFailed(script: script, log: String(decoding: log.suffix(2000), as: UTF8.self))
        }
        let json = try JSON.parse(Array(answer))
        if let missing = json["missing"]?.stringValue { return try withoutPeer(missing, workshop.options) }
        return json
    }

    private func withoutPeer(_ what: String, _ options: BenchOptions) throws -> JSON? {
        guard options.size == .smoke else { throw BenchError.missing(what: what, mend: "run `scripts/setup bench`") }
        return nil
    }
}
