import Foundation
import Synchronization

/// Lets a long command stop at a good moment.
final class Interruption: Sendable {
    private let isAsked = Mutex(false)

    /// Whether somebody asked to stop.
    var isRequested: Bool { isAsked.withLock { $0 } }

    func ask() { isAsked.withLock { $0 = true } }
}

/// Makes SIGINT and SIGTERM ask only, for as long as it lives; asked twice, the process ends at once.
final class InterruptionSignals {
    private static let numbers = [SIGINT, SIGTERM]

    private let sources: [any DispatchSourceSignal]

    init(_ interruption: Interruption) {
        sources = Self.numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                signal(number, SIG_DFL)
                interruption.ask()
            }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        for number in Self.numbers { signal(number, SIG_DFL) }
    }
}
