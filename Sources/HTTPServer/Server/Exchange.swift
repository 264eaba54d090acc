import Base
import Synchronization

/// One request and its answer, from the request line to the last byte sent.
///
/// The callbacks of a connection come one after the other on its thread; the handler's task joins in between, while the
/// connection is suspended.
final class Exchange: Sendable {
    struct Head: Sendable {
        let method: HTTPMethod
        let headers: HTTPHeaders
        let segments: [String]
        let request: HTTPRequest  // Without its body.
    }

    enum Step {
        case receiving  // Head and body.
        case refused(HTTPResponse)  // Decided before the body was read; it is read and dropped.
        case running  // The handler's task has the request.
        case answered(HTTPResponse)  // Waits for the connection's thread to send it.
        case sending
    }

    struct State {
        var step = Step.receiving
        var head: Head?
        var body: [UInt8] = []
        var bodyByteCount = 0  // Read, dropped ones too.
        var bodyBytesHeld = 0  // Of `BodyMemory`.
        var pattern = "(unknown)"
        var crossOrigin = CrossOriginPolicy.configured
        var status = 0
        var pipe: EventPipe?
    }

    let target: String  // As sent.
    let connection: Connection
    let link: ConnectionLink?
    let start: ContinuousClock.Instant
    let state = Mutex(State())

    init(target: String, connection: Connection, link: ConnectionLink?, start: ContinuousClock.Instant) {
        self.target = target
        self.connection = connection
        self.link = link
        self.start = start
    }
}
