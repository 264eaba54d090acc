import Foundation
import Synchronization

/// Whether somebody asked to stop.
final class Interruption: Sendable {
    private let isAsked = Mutex(false)

    var isRequested: Bool { isAsked.withLock { $0 } }

    func ask() { isAsked.withLock { $0 = true } }
}

/// Makes SIGINT and SIGTERM ask only, for as long as it lives; asked twice, the process ends at once.
final class InterruptionSignals {
    private let sources: [any DispatchSourceSignal]

    init(_ interruption: Interruption) {
        sources = [SIGINT, SIGTERM].map { number in
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
}
