import Glibc

/// Many connections on one thread, each of which sends one event, waits for its answer, and only then sends the next: a
/// thread for each would take more of the processor than the server that is measured.
struct SinglesClient: ~Copyable {
    private static let path = "/api/v1/events"
    private static let waitMsMax: Int32 = 10_000

    private let connections: [HTTPConnection]
    private var polled: [pollfd]
    private let head: [UInt8]
    private var batch: EventBatch

    init(connections: [HTTPConnection], timeMs: Int64) {
        self.connections = connections
        polled = connections.map { pollfd(fd: $0.socketDescriptor, events: Int16(POLLIN), revents: 0) }
        batch = EventBatch(eventCount: 1, personCount: 100_000, form: .array, timeMs: timeMs)
        head = connections.first?.head("POST \(Self.path)", byteCount: batch.bytes.count) ?? []
    }

    /// Sends events until `isOver` says so at an answer.
    ///
    /// - Returns: Seconds until the answer, of each event.
    mutating func run(until isOver: (_ answeredCount: Int) -> Bool) throws -> [Double] {
        var sentCount = 0
        var sentAt = [ContinuousClock.Instant](repeating: .now, count: connections.count)
        for index in connections.indices { try send(&sentCount, at: index, &sentAt) }
        var seconds: [Double] = []
        var openCount = connections.count
        while openCount > 0 {
            guard poll(&polled, nfds_t(polled.count), Self.waitMsMax) > 0 else {
                throw BenchError.failed("no answer: errno \(errno)")
            }
            for index in connections.indices where polled[index].revents != 0 {
                _ = try connections[index].receive(Self.path)
                seconds.append((ContinuousClock.now - sentAt[index]).seconds)
                if isOver(seconds.count) {
                    polled[index].fd = -1  // Passed over from now on.
                    polled[index].revents = 0
                    openCount -= 1
                } else {
                    try send(&sentCount, at: index, &sentAt)
                }
            }
        }
        return seconds
    }

    private mutating func send(_ number: inout Int, at index: Int, _ sentAt: inout [ContinuousClock.Instant]) throws {
        batch.renumber(from: number)
        number += 1
        sentAt[index] = .now
        try connections[index].send(head + batch.bytes)
    }
}
