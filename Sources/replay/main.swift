import Base
import Foundation

/// What the words of the command line ask for.
struct Options {
    var server = "http://127.0.0.1:8080"
    var token = ""
    var seconds: Double?
    var speed = 0.0
    var count = 10
    var surface = "store_home"
    var progressPath: String?
    var paths: [String] = []

    static let usage = """
        usage: replay --token TOKEN [--server URL] [--seconds N] [--speed X] [--count N] [--surface NAME]
                      [--progress FILE] EVENTS.ndjson …

        Plays recorded events against a server. Before each basket it asks for N products, then sends the basket as
        the outcome, and closes with how often each policy's list met it.
          --seconds N      stop after so long, as after Ctrl-C; the next run goes on there, with --progress
          --speed X        recorded seconds per second; 0, the default: as fast as the server answers
          --progress FILE  where to keep how far the replay is and what was decided; without it, each run begins anew
        """

    init?(_ words: ArraySlice<String>) {
        var words = words.makeIterator()
        while let word = words.next() {
            guard word.hasPrefix("--") else {
                paths.append(word)
                continue
            }
            guard let value = words.next() else { return nil }
            switch word {
            case "--server": server = value
            case "--token": token = value
            case "--seconds": seconds = Double(value)
            case "--speed": speed = Double(value) ?? 0
            case "--count": count = Int(value) ?? 10
            case "--surface": surface = value
            case "--progress": progressPath = value
            default: return nil
            }
        }
        guard !token.isEmpty, !paths.isEmpty, count > 0, speed >= 0 else { return nil }
    }
}

/// - Returns: The exit code: 0 done, 1 failed, 2 not understood, 130 interrupted.
func run() async -> Int32 {
    let interruption = Interruption()
    guard let options = Options(CommandLine.arguments.dropFirst()),
        let client = QuanyuClient(server: options.server, token: options.token, interruption: interruption)
    else {
        print(Options.usage)
        return 2
    }
    do {
        let moments = try recordedMoments(paths: options.paths)
        let signals = InterruptionSignals(interruption)
        defer { withExtendedLifetime(signals) {} }
        let log = try ReplayLog(
            path: options.progressPath,
            head: ["moments": .int(Int64(moments.count)), "products": .int(Int64(options.count))])
        var replay = Replay(
            client: client, moments: moments, log: log, interruption: interruption, countPerDecision: options.count,
            speed: options.speed, surface: options.surface)
        guard replay.done < moments.count else {
            print("All \(moments.count) moments were replayed before.\n\n\(replay.summary)")
            return 0
        }
        print("Replaying \(moments.count - replay.done) of \(moments.count) moments to \(options.server)")
        do { try await replay.run(until: options.seconds.map { ContinuousClock().now + .seconds($0) }) } catch {
            guard interruption.isRequested else { throw error }
        }
        let sent = replay.sent
        print("\nSent: \(sent.accepted) accepted, \(sent.duplicate) duplicate, \(sent.quarantined) quarantined.")
        print("\n\(replay.summary)")
        if interruption.isRequested { return 130 }
        return sent.quarantined == 0 ? 0 : 1
    } catch {
        print("replay: \(error)")
        return 1
    }
}

exit(await run())
