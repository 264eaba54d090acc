private import CMicrohttpd
private import Glibc
import Synchronization

/// What is known of one open connection: which part of the exchange it is in, and since when.
final class ConnectionLink: Sendable {
    enum Phase: Equatable {
        case waiting  // For a request to begin.
        case receiving(byteCount: Int)
        case answering
        case closed  // The descriptor may belong to another connection by now.
    }

    private struct State {
        var phase = Phase.waiting
        var since: ContinuousClock.Instant
    }

    let remoteAddress: String  // Of the peer, without its port.
    private let descriptor: Int32
    private let state: Mutex<State>

    init(descriptor: Int32, remoteAddress: String, now: ContinuousClock.Instant) {
        self.descriptor = descriptor
        self.remoteAddress = remoteAddress
        state = Mutex(State(since: now))
    }

    func enter(_ phase: Phase, now: ContinuousClock.Instant) {
        state.withLock { state in
            state.phase = phase
            state.since = now
        }
    }

    func received(byteCount: Int) {
        state.withLock { state in
            guard case .receiving(let before) = state.phase else { return }
            state.phase = .receiving(byteCount: before + byteCount)
        }
    }

    /// Ends what takes too long: a silent connection at once, a slow request with 408 (RFC 9110, 15.5.9).
    func endIfOverdue(now: ContinuousClock.Instant, idleMax: Duration, bytesPerSecondMin: Int) {
        state.withLock { state in
            switch state.phase {
            case .waiting:
                if now - state.since > idleMax { close(&state) }
            case .receiving(let byteCount):
                let allowed = idleMax + .seconds(Double(byteCount) / Double(bytesPerSecondMin))
                if now - state.since > allowed {
                    send(.problem(408, code: "too_slow", detail: "the request took too long to arrive: send it again"))
                    close(&state)
                }
            case .answering, .closed: break
            }
        }
    }

    /// Answers in the middle of a body, where libmicrohttpd itself cannot, and ends the connection.
    func refuse(with response: HTTPResponse) {
        state.withLock { state in
            guard state.phase != .closed else { return }
            send(response)
            close(&state)
        }
    }

    private func close(_ state: inout State) {
        shutdown(descriptor, Int32(SHUT_RDWR))
        state.phase = .answering
    }

    private func send(_ response: HTTPResponse) {
        let bytes = response.closingBytes
        _ = unsafe bytes.withUnsafeBytes { unsafe cmicrohttpd_send_now(descriptor, $0.baseAddress, $0.count) }
    }
}
