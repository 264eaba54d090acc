public import Base
public import Domain

/// Why a snapshot of what was seen cannot be used; it is rebuilt from the journal then.
public enum QualitySnapshotError: Error, Sendable, Equatable {
    case file(FileFailure)
    case damaged(CodecError?)
}

/// A snapshot: a version byte, all series and all violations, sealed.
extension QualityState {
    private static let version: UInt8 = 1

    public func save(to path: String) throws(QualitySnapshotError) {
        do throws(FileFailure) { try SealedFile.replace(path, with: Self.encode(copy)) } catch { throw .file(error) }
    }

    /// The state as it was saved; apply what the journal holds from `sequenceEnd` on.
    public static func load(from path: String) throws(QualitySnapshotError) -> QualityState {
        let content: [UInt8]
        do throws(SealedFileError) { content = try SealedFile.read(path) } catch {
            switch error {
            case .file(let failure): throw .file(failure)
            case .damaged: throw .damaged(nil)
            }
        }
        do throws(CodecError) { return QualityState(try decode(content)) } catch { throw .damaged(error) }
    }

    private static func encode(_ core: QualityCore) -> [UInt8] {
        var out = ByteWriter(capacity: core.series.count * 16_384)
        out.append(version)
        out.append(Int64(clamping: core.sequenceEnd))
        out.append(Int64(core.leftOutCount))
        out.append(Int64(core.series.count))
        for (key, series) in zip(core.keys, core.series) {
            out.append(key.event.text)
            out.append(key.source.text)
            series.write(to: &out)
        }
        core.violations.write(to: &out)
        return out.bytes
    }

    private static func decode(_ bytes: [UInt8]) throws(CodecError) -> QualityCore {
        var reader = ByteReader(bytes)
        let parser = JSONParser()
        let found = try reader.byte()
        guard found == version else { throw .unknownVersion(found) }
        var core = QualityCore()
        core.sequenceEnd = UInt64(clamping: try reader.integer())
        core.leftOutCount = Int(try reader.integer())
        for _ in 0..<max(0, try reader.integer()) {
            let key = try SeriesKey(&reader)
            core.restore(key, try EventSeries(&reader, parser))
        }
        core.violations = try ViolationLedger(&reader)
        return core
    }
}
