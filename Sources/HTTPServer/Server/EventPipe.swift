import Synchronization

/// Carries server-sent events from a stream to a connection that is suspended while there is nothing to send.
final class EventPipe: Sendable {
    private static let waitingBytesMax = 1 << 20  // A client that reads nothing is let go beyond this.

    private struct State {
        var waiting: [UInt8] = []
        var isEnded = false
        var isSuspended = false
    }

    enum Piece: Equatable {
        case bytes(count: Int)
        case nothingYet  // The connection is suspended now.
        case end
    }

    private let connection: Connection
    private let state = Mutex(State())

    init(connection: Connection) { self.connection = connection }

    /// Sends all of `events`, and a comment whenever `keepAlive` has passed.
    func run(_ events: AsyncStream<ServerSentEvent>, keepAlive: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in events {
                    guard self.push(event.encoded) else { return }
                }
            }
            group.addTask {
                while (try? await Task.sleep(for: keepAlive)) != nil {
                    guard self.push(ServerSentEvent.keepAlive) else { return }
                }
            }
            await group.next()
            group.cancelAll()
        }
        end()
    }

    func end() {
        state.withLock { state in
            state.isEnded = true
            resume(&state)
        }
    }

    /// Moves what waits into `buffer`, on the connection's own thread.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Piece {
        state.withLock { state in
            let count = min(state.waiting.count, buffer.count)
            if count > 0 {
                unsafe buffer.copyBytes(from: state.waiting.prefix(count))
                state.waiting.removeFirst(count)
                return .bytes(count: count)
            }
            if state.isEnded { return .end }
            state.isSuspended = true
            connection.suspend()
            return .nothingYet
        }
    }

    /// False where the stream is over.
    private func push(_ bytes: [UInt8]) -> Bool {
        state.withLock { state in
            guard !state.isEnded, state.waiting.count + bytes.count <= Self.waitingBytesMax else { return false }
            state.waiting += bytes
            resume(&state)
            return true
        }
    }

    private func resume(_ state: inout State) {
        guard state.isSuspended else { return }
        state.isSuspended = false
        connection.resume()
    }
}
