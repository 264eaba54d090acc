import Synchronization

@testable import App

/// What one command said, and how it ended.
struct CommandAnswer {
    let exitCode: Int32
    let result: String  // Standard output.
    let aside: String  // Standard error.
}

/// Runs the program in this process, as nobody watches and no setting is in the environment.
func run(_ words: [String], environment: [String: String] = [:]) async -> CommandAnswer {
    let recorder = Recorder()
    let sink = Terminal.Sink(
        isWatched: false, result: { recorder.add(result: $0) }, aside: { recorder.add(aside: $0) })
    let exitCode = await Terminal.$sink.withValue(sink) {
        await QuanyuProgram.run(words, environment: environment)
    }
    return recorder.answer(exitCode)
}

private final class Recorder: Sendable {
    private let said = Mutex((result: [UInt8](), aside: [UInt8]()))

    func add(result: [UInt8] = [], aside: [UInt8] = []) {
        said.withLock { said in
            said.result += result
            said.aside += aside
        }
    }

    func answer(_ exitCode: Int32) -> CommandAnswer {
        said.withLock { said in
            CommandAnswer(
                exitCode: exitCode, result: String(decoding: said.result, as: UTF8.self),
                aside: String(decoding: said.aside, as: UTF8.self))
        }
    }
}
