public import Base

/// The word of an operator that a person is to be erased: a record of the journal. It holds for all records before it,
/// and names nobody: ids are known by their keyed hashes.
public struct ErasureRecord: Sendable, Equatable {
    public static let hashCountMax = 100_000

    public let askedAt: EventTime
    public let actor: String  // Who asked.
    public let hashes: [Hash128]  // Of the person's ids, as `hash(of:key:)` makes them.

    public init(askedAt: EventTime, actor: String, hashes: [Hash128]) {
        self.askedAt = askedAt
        self.actor = actor
        self.hashes = hashes
    }

    private static let prefix = Array("erased person\0".utf8)

    /// - Parameter key: The secret of the store.
    public static func hash(of id: PersonID, key: HashKey) -> Hash128 {
        Hash128(of: prefix, id.text.utf8Span.span, key: key)
    }
}

/// The binary form of an erasure in the journal, as `EventCodec`'s of an event.
public enum ErasureCodec {
    public static let version: UInt8 = 0x45

    public static func encode(_ record: ErasureRecord) -> [UInt8] {
        var out = ByteWriter(capacity: 64 + 20 * record.hashes.count)
        out.append(version)
        out.append(record.askedAt.unixMs)
        out.append(record.actor)
        out.append(Int64(record.hashes.count))
        for hash in record.hashes {
            out.append(Int64(bitPattern: hash.high))
            out.append(Int64(bitPattern: hash.low))
        }
        return out.bytes
    }

    public static func decode(_ bytes: [UInt8]) throws(CodecError) -> ErasureRecord {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == version else { throw .unknownVersion(found) }
        guard let askedAt = EventTime(unixMs: try reader.integer()) else { throw .invalid(field: "asked_at") }
        let actor = try reader.text()
        let count = try reader.integer()
        guard (0...Int64(ErasureRecord.hashCountMax)).contains(count) else { throw .invalid(field: "hashes") }
        var hashes: [Hash128] = []
        for _ in 0..<count {
            hashes.append(
                Hash128(
                    high: UInt64(bitPattern: try reader.integer()), low: UInt64(bitPattern: try reader.integer())))
        }
        return ErasureRecord(askedAt: askedAt, actor: actor, hashes: hashes)
    }
}
