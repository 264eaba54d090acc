import Base

/// The binary form of a receipt in the journal, as `EventCodec`'s of an event. Violations of the tracking plan stand at
/// the end, where there are any.
public enum CollectReceiptCodec {
    public static let version: UInt8 = 0x52

    private enum Tag: UInt8 { case accepted = 1, duplicate, quarantined, rejected }

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
            case .rejected(let elementCount, let reason):
                out.append(Tag.rejected.rawValue)
                out.append(Int64(elementCount))
                out.append(reason)
            }
        }
        if !receipt.violations.isEmpty { append(receipt.violations, to: &out) }
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
            runs: runs, violations: reader.isAtEnd ? [] : try violations(&reader))
    }

    private static func append(_ violations: [CollectReceipt.Violation], to out: inout ByteWriter) {
        out.append(Int64(violations.count))
        for violation in violations {
            out.append(Int64(violation.element))
            out.append(violation.event.text)
            out.append(violation.field)
            out.append(violation.kind.rawValue)
        }
    }

    private static func violations(_ reader: inout ByteReader) throws(CodecError) -> [CollectReceipt.Violation] {
        var violations: [CollectReceipt.Violation] = []
        for _ in 0..<(try count(&reader)) {
            let element = try count(&reader)
            guard let event = EventName(try reader.text()) else { throw .invalid(field: "violations") }
            let field = try reader.text()
            guard let kind = PlanViolation.Kind(rawValue: try reader.text()) else {
                throw .invalid(field: "violations")
            }
            violations.append(CollectReceipt.Violation(element: element, event: event, field: field, kind: kind))
        }
        return violations
    }

    private static func run(_ reader: inout ByteReader) throws(CodecError) -> CollectReceipt.Run {
        switch Tag(rawValue: try reader.byte()) {
        case .accepted:
            return .accepted(elementCount: try count(&reader), newEventCount: try count(&reader))
        case .duplicate: return .duplicate(elementCount: try count(&reader))
        case .quarantined: return .quarantined(id: try reader.integer(), reason: try reader.text())
        case .rejected: return .rejected(elementCount: try count(&reader), reason: try reader.text())
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
