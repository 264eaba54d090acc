import Base
import Collect
import Domain
import Store

/// What became of one record.
enum RecordOutcome: Sendable {
    case accepted
    case duplicate
    case refused(Refusal)
}

/// Where imported records go.
protocol ImportTarget: Sendable {
    /// How refused records are called in the last line.
    var refusedWord: String { get }
    /// - Returns: One outcome a record, in order; what is accepted is on disk then.
    func take(_ records: [PlacedRecord]) async throws -> [RecordOutcome]
    /// What would become of the records; nothing is taken.
    func trial(_ records: [PlacedRecord]) throws -> [RecordOutcome]
}

/// Events: through the same checks as those that are sent, straight into the journal.
struct EventTarget: ImportTarget {
    let refusedWord = "quarantined"
    private let collect: CollectEvents
    private let source: SourceName
    private let rowKey: @Sendable (PlacedRecord, JSON) -> String

    /// - Parameter file: Names the table in the ids of events that have neither an id nor a time.
    init(source: SourceName, file: String, collect: CollectEvents, key: HashKey) {
        let file = Array(file.utf8)
        self.source = source
        self.collect = collect
        rowKey = { record, json in
            let place = Array(" \(record.number) \(record.index) ".utf8)
            return "row-" + Hash128(of: file + place + json.bytes, key: key).hex
        }
    }

    func take(_ records: [PlacedRecord]) async throws -> [RecordOutcome] {
        guard !records.isEmpty else { return [] }
        return try await collect(records.map(item), format: .native, source: source).receipts.map(\.outcome)
    }

    func trial(_ records: [PlacedRecord]) throws -> [RecordOutcome] {
        guard !records.isEmpty else { return [] }
        return try collect.trial(records.map(item), source: source).map(\.outcome)
    }

    private func item(_ record: PlacedRecord) -> WireItem {
        switch record.content {
        case .failure(let refusal): WireItem(drafts: .failure(refusal), body: record.text)
        case .success(let json): WireFormat.native.item(named(json, record))
        }
    }

    /// An event without an id is known by its content, except where it has no time either: then by its place, or a
    /// second run would take it again.
    private func named(_ json: JSON, _ record: PlacedRecord) -> JSON {
        guard var object = json.objectValue, object["id"] == nil, object["time"] == nil else { return json }
        object.append("id", .string(rowKey(record, json)))
        return .object(object)
    }

    /// A batch is as large as the import makes it.
    static func limits(_ configuration: Configuration) -> CollectLimits {
        var limits = CollectLimits(configuration)
        limits.eventsPerRequestMax = .max
        return limits
    }
}

/// The campaigns. One that is there is replaced. An end past every time there is, such as 9999-12-31, means none.
struct CampaignTarget: ImportTarget {
    let refusedWord = "refused"
    let campaigns: CampaignStore

    func take(_ records: [PlacedRecord]) async throws -> [RecordOutcome] {
        let read = records.map { $0.reading(Self.campaign) }
        try await campaigns.upsert(read.compactMap { try? $0.get() })
        return read.map(\.outcome)
    }

    func trial(_ records: [PlacedRecord]) -> [RecordOutcome] { records.map { $0.reading(Self.campaign).outcome } }

    private static func campaign(_ json: JSON) throws(Refusal) -> Campaign {
        guard let subject = json["campaign"]?.plainText.flatMap({ Subject($0) }), subject.kind == .campaign else {
            throw Refusal(.invalidSubject, "`campaign` must read campaign:id")
        }
        let start = try time(try unixMs(json["start"], "start"), "start")
        let end = try time(try unixMs(json["end"], "end").flatMap { $0 < EventTime.unixMsEnd ? $0 : nil }, "end")
        if let start, let end, end < start { throw Refusal(.timeOutOfRange, "`end` is before `start`") }
        return Campaign(
            id: subject.id, title: json["title"]?.plainText ?? subject.id, kind: json["kind"]?.plainText ?? "",
            startAt: start, endAt: end)
    }

    private static func unixMs(_ json: JSON?, _ field: String) throws(Refusal) -> Int64? {
        guard let json, json != .null else { return nil }
        guard let ms = json.stringValue.flatMap({ EventTime.unixMs(iso8601: $0) }) ?? json.intValue else {
            throw Refusal(.invalidTime, "`\(field)` must be ISO 8601 text or whole Unix milliseconds")
        }
        return ms
    }

    private static func time(_ unixMs: Int64?, _ field: String) throws(Refusal) -> EventTime? {
        guard let unixMs else { return nil }
        guard let time = EventTime(unixMs: unixMs) else {
            throw Refusal(.timeOutOfRange, "`\(field)` does not lie in the years 1970 to 2999")
        }
        return time
    }
}

extension PlacedRecord {
    func reading<Value>(_ read: (JSON) throws(Refusal) -> Value) -> Result<Value, Refusal> {
        content.flatMap { json in
            do throws(Refusal) { return .success(try read(json)) } catch { return .failure(error) }
        }
    }
}

extension Receipt {
    fileprivate var outcome: RecordOutcome {
        switch status {
        case .accepted: .accepted
        case .duplicate: .duplicate
        case .quarantined(let refusal, _), .rejected(let refusal): .refused(refusal)
        }
    }
}

extension Result where Failure == Refusal {
    var outcome: RecordOutcome {
        switch self {
        case .success: .accepted
        case .failure(let refusal): .refused(refusal)
        }
    }
}

extension JSON {
    /// A text or a number as text; nil for all else.
    var plainText: String? {
        switch self {
        case .string(let text): text
        case .int, .double: text
        case .null, .bool, .array, .object: nil
        }
    }
}
