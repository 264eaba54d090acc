public import Base
public import Domain

/// How the lines of one log become events.
public struct LogReading: Sendable {
    private enum Lines: Sendable {
        case json
        case nginx(NginxFormat)
    }

    private static let lineMember = "#line"
    private static let idMember = "#id"

    private let lines: Lines
    private let mapping: ImportMapping
    private let source: SourceName
    private let isSkippingAnonymous: Bool

    /// - Throws: `MappingError` or `LogFormatError`.
    public init(_ log: FollowedLog) throws {
        lines = log.format == .json ? .json : .nginx(try NginxFormat(log.lineFormat))
        mapping = try ImportMapping(json: log.mapping)
        source = log.source
        isSkippingAnonymous = log.isSkippingAnonymous
    }

    /// What a line stands for; nil where it is passed over: it is blank, the mapping makes nothing of it, or it names
    /// no person and such lines are not wanted.
    ///
    /// - Parameter id: Of the line, unique within the source: the id of its event where the mapping gives none.
    public func item(_ line: ArraySlice<UInt8>, id: String) -> WireItem? {
        guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return nil }
        let body: JSON = [
            (Self.lineMember, .string(String(decoding: line, as: UTF8.self))), (Self.idMember, .string(id)),
        ].asObject
        switch row(line) {
        case .failure(let refusal): return WireItem(drafts: .failure(refusal), json: body)
        case .success(let row): return item(row, id: id, body: body)
        }
    }

    /// A line that was too long to be read.
    public func tooLong(_ beginning: ArraySlice<UInt8>, id: String, byteCountMax: Int) -> WireItem {
        let body: JSON = [
            (Self.lineMember, .string(String(decoding: beginning, as: UTF8.self))), (Self.idMember, .string(id)),
        ].asObject
        return WireItem(
            drafts: .failure(Refusal(.tooLarge, "the line \(id) has more than \(byteCountMax) bytes")), json: body)
    }

    /// A line as quarantine keeps it, read anew.
    public func item(quarantined body: JSON) -> WireItem? {
        guard let line = body[Self.lineMember]?.stringValue, let id = body[Self.idMember]?.stringValue else {
            return nil
        }
        return item(Array(line.utf8)[...], id: id)
    }

    /// The records that the mapping makes of a line, as people look at them, or why the line cannot be read.
    public func records(_ line: ArraySlice<UInt8>) -> Result<[JSON], Refusal> {
        row(line).map { MappedFormat.records(of: .object($0), mapping, source: source) }
    }

    private func row(_ line: ArraySlice<UInt8>) -> Result<JSONObject, Refusal> {
        var line = line
        if line.last == 0x0D { line = line.dropLast() }
        guard String(validating: line, as: UTF8.self) != nil else {
            return .failure(Refusal(.invalidEncoding, "the line is not UTF-8 text"))
        }
        switch lines {
        case .nginx(let format):
            guard let row = format.row(line) else {
                return .failure(Refusal(.unknownType, "the line is not of this log's format"))
            }
            return .success(row)
        case .json:
            do throws(JSONError) {
                guard let row = try JSON.parse(Array(line)).objectValue else {
                    return .failure(Refusal(.notAnObject, "a line must hold an object"))
                }
                return .success(row)
            } catch {
                return .failure(Refusal(.malformedJSON, error.reason))
            }
        }
    }

    private func item(_ row: JSONObject, id: String, body: JSON) -> WireItem? {
        var records = MappedFormat.records(of: .object(row), mapping, source: source)
        if isSkippingAnonymous { records.removeAll { Self.isAnonymous($0) } }
        guard !records.isEmpty else { return nil }
        var drafts: [EventDraft] = []
        for (index, record) in records.enumerated() {
            guard var object = record.objectValue else { continue }
            if object["id"] == nil { object["id"] = .string(index == 0 ? id : "\(id)-\(index)") }
            switch NativeFormat.drafts(.object(object)) {
            case .success(let more): drafts += more
            case .failure(let refusal): return WireItem(drafts: .failure(refusal), json: body)
            }
        }
        return WireItem(drafts: .success(drafts), json: body)
    }

    private static func isAnonymous(_ record: JSON) -> Bool {
        let ids = record["ids"]?.objectValue?.members.map(\.value) ?? []
        return (ids + [record["person"] ?? .null]).allSatisfy { $0 == .null || $0 == "" }
    }
}

extension [(String, JSON)] {
    fileprivate var asObject: JSON { .object(JSONObject(map { JSONObject.Member(name: $0.0, value: $0.1) })) }
}
