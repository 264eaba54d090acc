import Synchronization

/// How many bytes the bodies of all requests take together, so that requests of unknown senders cannot fill the memory.
final class BodyMemory: Sendable {
    private let bytesMax: Int
    private let held = Mutex(0)

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    var byteCount: Int { held.withLock { $0 } }

    /// - Returns: False where they would go past the bound; nothing is taken then.
    func take(_ byteCount: Int, for exchange: inout Exchange.State) -> Bool {
        let isTaken = held.withLock { held in
            guard held + byteCount <= bytesMax else { return false }
            held += byteCount
            return true
        }
        if isTaken { exchange.bodyBytesHeld += byteCount }
        return isTaken
    }

    /// All that the exchange has taken.
    func giveBack(_ exchange: inout Exchange.State) {
        held.withLock { $0 -= exchange.bodyBytesHeld }
        exchange.bodyBytesHeld = 0
    }
}
