public import Base

/// What a record of the journal holds; its first byte tells which.
public enum JournalEntry: Sendable, Equatable {
    case event(Event)
    case receipt(CollectReceipt)

    /// - Parameter parser: Reused from call to call.
    public init(_ bytes: [UInt8], parser: JSONParser = JSONParser()) throws(CodecError) {
        if bytes.first == CollectReceiptCodec.version {
            self = .receipt(try CollectReceiptCodec.decode(bytes))
        } else {
            self = .event(try EventCodec.decode(bytes, parser: parser))
        }
    }

    /// When it came in, by our clock.
    public var receivedAt: EventTime {
        switch self {
        case .event(let event): event.receivedAt
        case .receipt(let receipt): receipt.receivedAt
        }
    }

    public var event: Event? { if case .event(let event) = self { event } else { nil } }
    public var receipt: CollectReceipt? { if case .receipt(let receipt) = self { receipt } else { nil } }
}
