public import Base
public import Domain

/// Why a snapshot of the ledger cannot be used; it is rebuilt from the journal then.
public enum LedgerSnapshotError: Error, Sendable, Equatable {
    case file(FileFailure)
    case damaged(CodecError?)
}

extension SourceLedger {
    private static let version: UInt8 = 2

    public func save(to path: String) throws(LedgerSnapshotError) {
        do throws(FileFailure) { try SealedFile.replace(path, with: Self.encode(copy)) } catch { throw .file(error) }
    }

    /// The ledger as it was saved; apply what the journal holds from `sequenceEnd` on.
    public static func load(from path: String) throws(LedgerSnapshotError) -> SourceLedger {
        let content: [UInt8]
        do throws(SealedFileError) { content = try SealedFile.read(path) } catch {
            switch error {
            case .file(let failure): throw .file(failure)
            case .damaged: throw .damaged(nil)
            }
        }
        do throws(CodecError) { return SourceLedger(try decode(content)) } catch { throw .damaged(error) }
    }

    private static func encode(_ state: LedgerState) -> [UInt8] {
        var out = ByteWriter(capacity: 4096)
        out.append(version)
        out.append(Int64(clamping: state.sequenceEnd))
        out.append(Int64(state.sources.count))
        for (source, log) in state.sources {
            out.append(source.text)
            out.append(log.lastReceivedAt.unixMs)
            append(log.minutes, to: &out)
            append(log.hours, to: &out)
            out.append(Int64(log.reasons.count))
            for (hour, counts) in log.reasons {
                out.append(hour.unixMs)
                out.append(Int64(counts.count))
                for (reason, count) in counts {
                    out.append(reason)
                    out.append(Int64(count))
                }
            }
            out.append(Int64(log.formats.count))
            for (format, time) in log.formats {
                out.append(format)
                out.append(time.unixMs)
            }
        }
        append(state.streams, to: &out)
        return out.bytes
    }

    private static func append(_ streams: StreamMeter, to out: inout ByteWriter) {
        out.append(Int64(clamping: streams.clock))
        out.append(Int64(streams.tops.count))
        for (stream, top) in streams.tops {
            out.append(Int64(bitPattern: stream))
            out.append(top.number)
            out.append(Int64(clamping: top.seenAt))
        }
        out.append(Int64(streams.days.count))
        for (source, days) in streams.days {
            out.append(source.text)
            out.append(Int64(days.count))
            for (day, counts) in days {
                out.append(day.unixMs)
                out.append(Int64(counts.received))
                out.append(Int64(counts.expected))
            }
        }
    }

    private static func append(_ buckets: [Bucket], to out: inout ByteWriter) {
        out.append(Int64(buckets.count))
        for bucket in buckets {
            let counts = bucket.counts
            out.append(bucket.start.unixMs)
            let fates = [counts.accepted, counts.duplicate, counts.quarantined, counts.rejected, counts.replayed]
            for count in [counts.requests] + fates { out.append(Int64(count)) }
            out.append(counts.bytes)
        }
    }

    private static func decode(_ bytes: [UInt8]) throws(CodecError) -> LedgerState {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == version else { throw .unknownVersion(found) }
        var state = LedgerState()
        state.sequenceEnd = UInt64(clamping: try reader.integer())
        for _ in 0..<max(0, try reader.integer()) {
            guard let source = SourceName(try reader.text()) else { throw .invalid(field: "source") }
            var log = LedgerState.SourceLog(lastReceivedAt: try time(&reader))
            log.minutes = try buckets(&reader)
            log.hours = try buckets(&reader)
            for _ in 0..<max(0, try reader.integer()) {
                let hour = try time(&reader)
                for _ in 0..<max(0, try reader.integer()) {
                    let reason = try reader.text()
                    log.reasons[hour, default: [:]][reason] = try count(&reader)
                }
            }
            for _ in 0..<max(0, try reader.integer()) {
                let format = try reader.text()
                log.formats[format] = try time(&reader)
            }
            state.sources[source] = log
        }
        state.streams = try streams(&reader)
        return state
    }

    private static func streams(_ reader: inout ByteReader) throws(CodecError) -> StreamMeter {
        var streams = StreamMeter()
        streams.clock = UInt64(clamping: try reader.integer())
        for _ in 0..<max(0, try reader.integer()) {
            let stream = UInt64(bitPattern: try reader.integer())
            let number = try reader.integer()
            streams.tops[stream] = StreamMeter.Top(number: number, seenAt: UInt64(clamping: try reader.integer()))
        }
        for _ in 0..<max(0, try reader.integer()) {
            guard let source = SourceName(try reader.text()) else { throw .invalid(field: "source") }
            for _ in 0..<max(0, try reader.integer()) {
                let day = try time(&reader)
                let received = try count(&reader)
                let counts = StreamMeter.Day(received: received, expected: try count(&reader))
                streams.days[source, default: [:]][day] = counts
            }
        }
        return streams
    }

    private static func buckets(_ reader: inout ByteReader) throws(CodecError) -> [Bucket] {
        var buckets: [Bucket] = []
        for _ in 0..<max(0, try reader.integer()) {
            var bucket = Bucket(start: try time(&reader))
            bucket.counts.requests = try count(&reader)
            bucket.counts.accepted = try count(&reader)
            bucket.counts.duplicate = try count(&reader)
            bucket.counts.quarantined = try count(&reader)
            bucket.counts.rejected = try count(&reader)
            bucket.counts.replayed = try count(&reader)
            bucket.counts.bytes = try reader.integer()
            buckets.append(bucket)
        }
        return buckets
    }

    private static func count(_ reader: inout ByteReader) throws(CodecError) -> Int { Int(try reader.integer()) }

    private static func time(_ reader: inout ByteReader) throws(CodecError) -> EventTime {
        guard let time = EventTime(unixMs: try reader.integer()) else { throw .invalid(field: "time") }
        return time
    }
}
