import Base
import Collect
import Domain
import Journal
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
}

/// Events: through the same checks as those that are sent, straight into the journal.
struct EventTarget: ImportTarget {
    let refusedWord = "quarantined"
    private let collect: CollectEvents
    private let source: SourceName
    private let rowKey: @Sendable (PlacedRecord, JSON) -> String

    init(
        _ request: ImportRequest, configuration: Configuration, key: HashKey, journal: Journal, plan: EnforcedPlan,
        quarantine: ImportQuarantine
    ) {
        let file = Array(request.file.utf8)
        source = request.source
        rowKey = { record, json in
            let place = Array(" \(record.number) \(record.index) ".utf8)
            return "row-" + Hash128(of: file + place + json.bytes, key: key).hex
        }
        collect = CollectEvents(
            limits: Self.limits(configuration), key: key,
            ports: CollectPorts(
                append: { events, receipt throws(CollectError) in try await journal.append(events, receipt) },
                quarantine: { entries throws(CollectError) in try await quarantine.keep(entries) },
                now: WallClock.now, plan: { plan }))
    }

    func take(_ records: [PlacedRecord]) async throws -> [RecordOutcome] {
        guard !records.isEmpty else { return [] }
        let collected = try await collect(records.map(item), format: .native, source: source)
        return collected.receipts.map { receipt in
            switch receipt.status {
            case .accepted: .accepted
            case .duplicate: .duplicate
            case .quarantined(let refusal, _), .rejected(let refusal): .refused(refusal)
            }
        }
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

    private static func limits(_ configuration: Configuration) -> CollectLimits {
        var limits = CollectLimits(configuration)
        limits.eventsPerRequestMax = .max
        return limits
    }
}

/// The catalogue: titles, categories and brands of subjects. An item that is there is replaced.
struct CatalogueTarget: ImportTarget {
    let refusedWord = "refused"
    let catalogue: CatalogueStore

    func take(_ records: [PlacedRecord]) async throws -> [RecordOutcome] {
        let items = records.map { $0.reading(Self.item) }
        try await catalogue.upsert(items.compactMap { try? $0.get() })
        return items.map(\.outcome)
    }

    private static func item(_ json: JSON) throws(Refusal) -> CatalogItem {
        guard let subject = json["subject"]?.plainText.flatMap({ Subject($0) }) else {
            throw Refusal(.invalidSubject, "`subject` must read kind:id, such as product:42")
        }
        return CatalogItem(
            subject: subject, title: json["title"]?.plainText ?? subject.id,
            category: json["category"]?.plainText ?? "",
            brand: json["brand"]?.plainText ?? "")
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
    fileprivate func reading<Value>(_ read: (JSON) throws(Refusal) -> Value) -> Result<Value, Refusal> {
        content.flatMap { json in
            do throws(Refusal) { return .success(try read(json)) } catch { return .failure(error) }
        }
    }
}

extension Result where Failure == Refusal {
    fileprivate var outcome: RecordOutcome {
        switch self {
        case .success: .accepted
        case .failure(let refusal): .refused(refusal)
        }
    }
}

extension JSON {
    /// A text or a number as text; nil for all else.
    fileprivate var plainText: String? {
        switch self {
        case .string(let text): text
        case .int, .double: text
        case .null, .bool, .array, .object: nil
        }
    }
}
