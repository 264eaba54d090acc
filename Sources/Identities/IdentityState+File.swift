public import Base
public import Domain

/// Why a snapshot of the identities cannot be used; they are rebuilt from the journal then.
public enum IdentitySnapshotError: Error, Sendable, Equatable {
    case file(FileFailure)
    case damaged(CodecError?)
}

/// A snapshot: a version byte and all that the links and verdicts say, sealed. Which ids are joined is not in it: that
/// follows, also from rules that have changed since.
extension IdentityState {
    private static let version: UInt8 = 1

    public func save(to path: String) throws(IdentitySnapshotError) {
        do throws(FileFailure) { try SealedFile.replace(path, with: Self.encode(copy)) } catch { throw .file(error) }
    }

    /// The state as it was saved; apply what the journal holds from `sequenceEnd` on.
    public static func load(
        from path: String, rules: IdentityRules = IdentityRules()
    ) throws(IdentitySnapshotError) -> IdentityState {
        let content: [UInt8]
        do throws(SealedFileError) { content = try SealedFile.read(path) } catch {
            switch error {
            case .file(let failure): throw .file(failure)
            case .damaged: throw .damaged(nil)
            }
        }
        do throws(CodecError) { return IdentityState(try decode(content, rules)) } catch { throw .damaged(error) }
    }

    private static func encode(_ graph: IdentityGraph) -> [UInt8] {
        var out = ByteWriter(capacity: graph.links.count * 48)
        out.append(version)
        out.append(Int64(clamping: graph.sequenceEnd))
        out.append(Int64(graph.ids.count))
        for (id, rank) in zip(graph.ids, graph.ranks) {
            out.append(id.text)
            out.append(rank)
        }
        out.append(Int64(graph.links.count))
        for link in graph.links { append(link, to: &out) }
        out.append(Int64(graph.verdicts.count))
        for (pair, list) in graph.verdicts.sorted(by: { ($0.key.low, $0.key.high) < ($1.key.low, $1.key.high) }) {
            out.append(Int64(pair.low))
            out.append(Int64(pair.high))
            out.append(Int64(list.count))
            for verdict in list { append(verdict, to: &out) }
        }
        return out.bytes
    }

    private static func append(_ link: IdentityGraph.Link, to out: inout ByteWriter) {
        out.append(Int64(link.anchor))
        out.append(Int64(link.other))
        out.append(link.anchorKind.rawValue)
        out.append(link.otherKind.rawValue)
        out.append(link.isExplicit ? 1 as UInt8 : 0)
        out.append(Int64(link.evidence.count))
        out.append(Int64(clamping: link.evidence.firstSequence))
        out.append(Int64(clamping: link.evidence.lastSequence))
        out.append(link.evidence.firstTime.unixMs)
        out.append(link.evidence.lastTime.unixMs)
    }

    private static func append(_ verdict: IdentityGraph.Verdict, to out: inout ByteWriter) {
        out.append(verdict.isSeparated ? 1 as UInt8 : 0)
        out.append(verdict.time.unixMs)
        out.append(verdict.id.text)
        out.append(Int64(clamping: verdict.sequence))
    }

    private static func decode(_ bytes: [UInt8], _ rules: IdentityRules) throws(CodecError) -> IdentityGraph {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == version else { throw .unknownVersion(found) }
        var graph = IdentityGraph(rules: rules)
        let sequenceEnd = UInt64(clamping: try reader.integer())
        for _ in 0..<max(0, try reader.integer()) {
            guard let id = PersonID(try reader.text()) else { throw .invalid(field: "id") }
            graph.restore(id, rank: try reader.byte())
        }
        for _ in 0..<max(0, try reader.integer()) { graph.insert(try link(&reader, idCount: graph.ids.count)) }
        for _ in 0..<max(0, try reader.integer()) {
            let pair = IdentityGraph.Pair(
                try code(&reader, idCount: graph.ids.count), try code(&reader, idCount: graph.ids.count))
            var list: [IdentityGraph.Verdict] = []
            for _ in 0..<max(0, try reader.integer()) { list.append(try verdict(&reader)) }
            graph.insert(list, of: pair)
        }
        graph.remakeAll()
        graph.sequenceEnd = sequenceEnd
        return graph
    }

    private static func link(_ reader: inout ByteReader, idCount: Int) throws(CodecError) -> IdentityGraph.Link {
        let (anchor, other) = (try code(&reader, idCount: idCount), try code(&reader, idCount: idCount))
        guard let anchorKind = PersonIdentifier.Kind(rawValue: try reader.byte()),
            let otherKind = PersonIdentifier.Kind(rawValue: try reader.byte())
        else { throw .invalid(field: "kind") }
        let isExplicit = try reader.byte() == 1
        let evidence = IdentityEvidence(
            count: Int(try reader.integer()), firstSequence: UInt64(clamping: try reader.integer()),
            lastSequence: UInt64(clamping: try reader.integer()), firstTime: try time(&reader),
            lastTime: try time(&reader))
        return IdentityGraph.Link(
            anchor: anchor, other: other, anchorKind: anchorKind, otherKind: otherKind, isExplicit: isExplicit,
            evidence: evidence)
    }

    private static func verdict(_ reader: inout ByteReader) throws(CodecError) -> IdentityGraph.Verdict {
        let isSeparated = try reader.byte() == 1
        let time = try time(&reader)
        guard let id = EventID(try reader.text()) else { throw .invalid(field: "event id") }
        return IdentityGraph.Verdict(
            isSeparated: isSeparated, time: time, id: id, sequence: UInt64(clamping: try reader.integer()))
    }

    private static func code(_ reader: inout ByteReader, idCount: Int) throws(CodecError) -> Int32 {
        let code = try reader.integer()
        guard (0..<Int64(idCount)).contains(code) else { throw .invalid(field: "code") }
        return Int32(code)
    }

    private static func time(_ reader: inout ByteReader) throws(CodecError) -> EventTime {
        guard let time = EventTime(unixMs: try reader.integer()) else { throw .invalid(field: "time") }
        return time
    }
}
