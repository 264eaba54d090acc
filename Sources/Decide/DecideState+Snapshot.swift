import Base
public import Domain
import Learning

extension DecideState {
    private static let magic: [UInt8] = Array("QYDECIDE".utf8)
    private static let version: UInt32 = 2
    private static let checksumByteCount = 16

    /// The whole state at one point of the journal: magic, version, fingerprint of the options, the parts, checksum.
    /// Equal states give equal bytes.
    public func encoded() -> [UInt8] {
        let (core, learner) = image
        var writer = SnapshotWriter()
        for byte in Self.magic { writer.put(byte) }
        writer.put(Self.version)
        writer.put(withCore { $0.options.fingerprint })
        core.write(to: &writer)
        writer.put(learner.encoded())
        let checksum = Self.checksum(of: writer.bytes)
        writer.put(checksum.high)
        writer.put(checksum.low)
        return writer.bytes
    }

    /// Reads what `encoded` wrote, and nothing that was damaged on the way.
    public convenience init(
        snapshot bytes: [UInt8], options: DecideOptions = DecideOptions(),
        catalog: @escaping @Sendable (Subject) -> CatalogItem? = { _ in nil }
    ) throws(DecideSnapshotError) {
        guard bytes.count > Self.magic.count + Self.checksumByteCount, bytes.starts(with: Self.magic) else {
            throw .notASnapshot
        }
        var reader = SnapshotReader(bytes.dropFirst(Self.magic.count).dropLast(Self.checksumByteCount))
        let version: UInt32 = try reader.integer()
        guard version == Self.version else { throw .unknownVersion(version) }
        var tail = SnapshotReader(bytes.suffix(Self.checksumByteCount))
        let checksum = Hash128(high: try tail.integer(), low: try tail.integer())
        guard Self.checksum(of: Array(bytes.dropLast(Self.checksumByteCount))) == checksum else {
            throw .checksumMismatch
        }
        guard try reader.integer(UInt64.self) == options.fingerprint else { throw .optionsChanged }
        let core = try DecideCore(reading: &reader, options: options)
        let learner = try Self.learner(Array(try reader.field()))
        guard reader.isAtEnd else { throw .damaged(byteOffset: bytes.count) }
        self.init(core: core, learner: learner, catalog: catalog)
    }

    private static func learner(_ bytes: [UInt8]) throws(DecideSnapshotError) -> FTRL {
        do throws(SnapshotError) { return try FTRL(snapshot: bytes) } catch { throw .damaged(byteOffset: 0) }
    }

    /// Finds damage, not malice: the key is no secret.
    private static func checksum(of bytes: [UInt8]) -> Hash128 {
        HashKey(bytes: Array("quanyu snapshots".utf8)).map { Hash128(of: bytes, key: $0) } ?? Hash128(high: 0, low: 0)
    }
}

extension DecideOptions {
    /// Of those that shape the state; the others may change between runs.
    var fingerprint: UInt64 {
        let parts: [Int64] = [
            popularityHalfLife.count, togetherHalfLife.count, sessionGap.count, outcomeWindow.count,
            Int64(itemCountMax), Int64(personCountMax), Int64(historyCountMax), Int64(pendingCountMax),
            Int64(modelBits), Int64(NeighbourTable.width),
        ]
        let kinds = recallKinds.map(\.rawValue).sorted()
        return FeatureHash(parts.map(String.init).joined(separator: ",") + kinds.joined(separator: ",")).bits
    }
}
