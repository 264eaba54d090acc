import Base
import Foundation

/// Where a server listens, and a token that may do everything there.
struct ServerAddress: Sendable {
    let port: UInt16
    let token: String

    func connect() throws -> HTTPConnection { try HTTPConnection(port: port, token: token) }
}

/// `quanyu serve` on a folder of its own, started as anybody would start it.
final class ServerProcess {
    let address: ServerAddress
    private let process: Process

    /// The program beside this one, or what `QUANYU_BIN` names; nil where it is not built.
    private static var program: String? {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(filePath: own).deletingLastPathComponent().appending(path: "quanyu").path(
            percentEncoded: false)
        let path = ProcessInfo.processInfo.environment["QUANYU_BIN"] ?? beside
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    /// As `program`.
    ///
    /// - Returns: Nil where it is not built and only a smoke run was asked for.
    static func program(for options: BenchOptions) throws -> String? {
        if let program { return program }
        guard options.size == .smoke else {
            throw BenchError.missing(what: "the program", mend: "run `swift build -c release --product quanyu`")
        }
        return nil
    }

    init(program: String, dataFolder: String) throws {
        process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = ["serve", "--data", dataFolder, "--port", "0", "--log-level", "error"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        do {
            address = ServerAddress(
                port: try Self.port(in: output.fileHandleForReading), token: try Self.createToken(program, dataFolder))
        } catch {
            process.terminate()
            throw error
        }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    var identifier: Int32 { process.processIdentifier }

    /// Until all that was acknowledged is applied.
    func waitUntilApplied() throws {
        let connection = try address.connect()
        while true {
            let state = try JSON.parse(try connection.get("/health/ready"))
            if let applied = state["timeline_sequence"]?.intValue, let written = state["journal_sequence"]?.intValue,
                applied >= written
            {
                return
            }
            usleep(2000)
        }
    }

    /// Reads what the server says until it tells where it listens.
    private static func port(in output: FileHandle) throws -> UInt16 {
        var text = ""
        while true {
            let piece = output.availableData
            guard !piece.isEmpty else { throw BenchError.failed("the server did not start: \(text)") }
            text += String(decoding: piece, as: UTF8.self)
            let mark = "http://127.0.0.1:"
            if let range = text.firstRange(of: mark) {
                let digits = text[range.upperBound...].prefix { $0.isNumber }
                if digits.endIndex < text.endIndex, let port = UInt16(digits) { return port }
            }
        }
    }

    private static func createToken(_ program: String, _ dataFolder: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = ["token", "create", "--data", dataFolder, "--kind", "admin"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard let token = text.split(whereSeparator: \.isNewline).last else { throw BenchError.failed("no token") }
        return String(token)
    }
}

/// Runs `body` on so many threads of their own, since calls that block must not hold Swift's pool.
func onThreads<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (_ number: Int) throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: Result.self) { group in
        for number in 0..<count {
            group.addTask {
                try await withCheckedThrowingContinuation { answer in
                    Thread { answer.resume(with: Swift.Result { try body(number) }) }.start()
                }
            }
        }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
