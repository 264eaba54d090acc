public import Base

/// What a record of the journal holds; its first byte tells which.
public enum JournalEntry: Sendable, Equatable {
    case event(Event)
    case receipt(CollectReceipt)
    case erasure(ErasureRecord)
    case erased(by: UInt64)  // What stood here; by the erasure of this sequence.

    /// - Parameter parser: Reused from call to call.
    public init(_ bytes: [UInt8], parser: JSONParser = JSONParser()) throws(CodecError) {
        var texts: RecentTexts?
        self = try Self.decode(bytes, parser, &texts)
    }

    fileprivate static func decode(
        _ bytes: [UInt8], _ parser: JSONParser, _ texts: inout RecentTexts?
    ) throws(CodecError) -> JournalEntry {
        switch bytes.first {
        case CollectReceiptCodec.version: return .receipt(try CollectReceiptCodec.decode(bytes))
        case ErasureCodec.version: return .erasure(try ErasureCodec.decode(bytes))
        case EventCodec.erasedVersion:
            var reader = ByteReader(bytes)
            _ = try reader.byte()
            return .erased(by: UInt64(clamping: try reader.integer()))
        default: break
        }
        return .event(try EventCodec.decode(bytes, parser: parser, &texts))
    }

    /// When it came in, by our clock; nil for what was erased.
    public var receivedAt: EventTime? {
        switch self {
        case .event(let event): event.receivedAt
        case .receipt(let receipt): receipt.receivedAt
        case .erasure(let erasure): erasure.askedAt
        case .erased: nil
        }
    }

    public var event: Event? { if case .event(let event) = self { event } else { nil } }
    public var receipt: CollectReceipt? { if case .receipt(let receipt) = self { receipt } else { nil } }
}

/// Decodes one record after another. Keeps what neighbours share; one thread at a time.
public struct JournalDecoder {
    private let parser = JSONParser()
    private var texts: RecentTexts? = RecentTexts()

    public init() {}

    public mutating func callAsFunction(_ bytes: [UInt8]) throws(CodecError) -> JournalEntry {
        try JournalEntry.decode(bytes, parser, &texts)
    }
}
