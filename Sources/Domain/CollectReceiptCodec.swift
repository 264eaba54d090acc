import Base

/// The binary form of a receipt in the journal, as `EventCodec`'s of an event.
public enum CollectReceiptCodec {
    public static let version: UInt8 = 0x52

    private enum Tag: UInt8 { case accepted = 1, duplicate, quarantined }

    public static func encode(_ receipt: CollectReceipt) -> [UInt8] {
        var out = ByteWriter(capacity: 64)
        out.append(version)
        out.append(receipt.receivedAt.unixMs)
        out.append(receipt.source.text)
        out.append(receipt.format)
        out.append(Int64(receipt.byteCount))
        out.append(receipt.isReplay ? 1 as UInt8 : 0)
        out.append(Int64(receipt.runs.count))
        for run in receipt.runs {
            switch run {
            case .accepted(let elementCount, let newEventCount):
                out.append(Tag.accepted.rawValue)
                out.append(Int64(elementCount))
                out.append(Int64(newEventCount))
            case .duplicate(let elementCount):
                out.append(Tag.duplicate.rawValue)
                out.append(Int64(elementCount))
            case .quarantined(let id, let reason):
                out.append(Tag.quarantined.rawValue)
                out.append(id)
                out.append(reason)
            }
        }
        return out.bytes
    }

    public static func decode(_ bytes: [UInt8]) throws(CodecError) -> CollectReceipt {
        var reader = ByteReader(bytes)
        let version = try reader.byte()
        guard version == Self.version else { throw .unknownVersion(version) }
        guard let receivedAt = EventTime(unixMs: try reader.integer()) else { throw .invalid(field: "received_at") }
        guard let source = SourceName(try reader.text()) else { throw .invalid(field: "source") }
        let format = try reader.text()
        let byteCount = try reader.integer()
        let isReplay = try reader.byte() == 1
        let runCount = try reader.integer()
        var runs: [CollectReceipt.Run] = []
        for _ in 0..<max(0, runCount) { runs.append(try run(&reader)) }
        return CollectReceipt(
            receivedAt: receivedAt, source: source, format: format, byteCount: Int(byteCount), isReplay: isReplay,
            runs: runs)
    }

    private static func run(_ reader: inout ByteReader) throws(CodecError) -> CollectReceipt.Run {
        switch Tag(rawValue: try reader.byte()) {
        case .accepted:
            return .accepted(elementCount: try count(&reader), newEventCount: try count(&reader))
        case .duplicate: return .duplicate(elementCount: try count(&reader))
        case .quarantined: return .quarantined(id: try reader.integer(), reason: try reader.text())
        case nil: throw .invalid(field: "runs")
        }
    }

    private static func count(_ reader: inout ByteReader) throws(CodecError) -> Int {
        let count = try reader.integer()
        guard (0...countMax).contains(count) else { throw .invalid(field: "runs") }
        return Int(count)
    }

    private static let countMax: Int64 = 1 << 31  // No product of two overflows.
}
