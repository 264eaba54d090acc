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
          --seconds N      stop after so long; the next run goes on there, with --progress
          --speed X        recorded seconds per second; 0, the default: as fast as the server answers
          --progress FILE  where to keep how far the replay is, and its summary
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

/// How far a replay is, kept between runs.
struct Progress {
    var done = 0
    var summary = ""

    init(path: String?) {
        guard let path, let data = FileManager.default.contents(atPath: path), let json = try? JSON.parse(Array(data))
        else { return }
        done = Int(json["done"]?.intValue ?? 0)
        summary = json["summary"]?.stringValue ?? ""
    }

    func save(path: String?) throws {
        guard let path else { return }
        let json: JSON = ["done": .int(Int64(done)), "summary": .string(summary)]
        try Data(json.bytes).write(to: URL(filePath: path), options: .atomic)
    }
}

func run() async -> Int32 {
    guard let options = Options(CommandLine.arguments.dropFirst()),
        let client = QuanyuClient(server: options.server, token: options.token)
    else {
        print(Options.usage)
        return 2
    }
    do {
        let moments = try recordedMoments(paths: options.paths)
        var progress = Progress(path: options.progressPath)
        if progress.done >= moments.count {
            print("All \(moments.count) moments were replayed before.\n\n\(progress.summary)")
            return 0
        }
        print("Replaying \(moments.count - progress.done) moments to \(options.server)")
        let deadline = options.seconds.map { ContinuousClock().now + .seconds($0) }
        var replay = Replay(
            client: client, moments: moments, countPerDecision: options.count, speed: options.speed,
            surface: options.surface)
        progress.done = try await replay.run(from: progress.done, until: deadline)
        progress.summary = replay.scoreboard.summary
        try progress.save(path: options.progressPath)
        let sent = replay.sent
        print("\nSent: \(sent.accepted) accepted, \(sent.duplicate) duplicate, \(sent.quarantined) quarantined.")
        print("\n\(progress.summary)")
        return sent.quarantined == 0 ? 0 : 1
    } catch {
        print("replay: \(error)")
        return 1
    }
}

exit(await run())
