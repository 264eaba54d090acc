import Foundation

/// One command: its words of help and what it does.
struct ProgramCommand: Sendable {
    struct Input: Sendable {
        let words: [String]  // Those behind the command's name.
        let environment: [String: String]
    }

    let name: String
    let summary: String  // One line.
    let help: String  // Begins with "usage: ".
    let run: @Sendable (Input) async throws -> Int32
}

/// The program `quanyu`: finds the command that the words name and runs it.
public enum QuanyuProgram {
    static let commands: [ProgramCommand] = [.serve, .import, .map, .export, .token, .doctor, .version, .help]

    /// - Parameter words: Those behind the program's name.
    /// - Returns: The exit code: 0 done, 1 failed, 2 not understood.
    public static func run(_ words: [String]) async -> Int32 {
        await run(words, environment: ProcessInfo.processInfo.environment)
    }

    static func run(_ words: [String], environment: [String: String]) async -> Int32 {
        signal(SIGXFSZ, SIG_IGN)  // A file past its limit is an error of the write, as on a full disk.
        guard let word = words.first else {
            Terminal.complain(overview)
            return CommandFailure.misused
        }
        do {
            let command = try command(named: ["--help": "help", "-h": "help", "--version": "version"][word] ?? word)
            let rest = Array(words.dropFirst())
            guard !rest.contains("--help"), !rest.contains("-h") else {
                Terminal.say(command.help)
                return 0
            }
            return try await command.run(ProgramCommand.Input(words: rest, environment: environment))
        } catch {
            let failure = CommandFailure(error)
            Terminal.complain("quanyu: \(failure.message)")
            return failure.exitCode
        }
    }

    static func command(named name: String) throws(UsageError) -> ProgramCommand {
        guard let command = commands.first(where: { $0.name == name }) else {
            let known = commands.map(\.name).joined(separator: ", ")
            throw UsageError(description: "unknown command \(name); known are \(known)")
        }
        return command
    }

    static var overview: String {
        let lines = commands.map { "  " + $0.name.padding(toLength: 10, withPad: " ", startingAt: 0) + $0.summary }
        return """
            usage: quanyu COMMAND …

            \(lines.joined(separator: "\n"))

            `quanyu help COMMAND` says more.
            """
    }
}

extension ProgramCommand {
    static let version = ProgramCommand(
        name: "version", summary: "says which version this is", help: "usage: quanyu version"
    ) { input in
        _ = try CommandArguments(input.words, options: [])
        Terminal.say("quanyu \(Version.text)")
        return 0
    }

    static let help = ProgramCommand(
        name: "help", summary: "says how to use a command", help: "usage: quanyu help [COMMAND]"
    ) { input in
        guard let word = input.words.first else {
            Terminal.say(QuanyuProgram.overview)
            return 0
        }
        Terminal.say(try QuanyuProgram.command(named: word).help)
        return 0
    }
}
