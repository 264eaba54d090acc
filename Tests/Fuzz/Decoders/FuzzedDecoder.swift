import Base
import Collect
import Compression
import Domain

/// A decoder of bytes that come from outside. Calling it with any bytes returns; what must hold of the result is
/// checked.
///
/// Of a wire format's input the first byte chooses the way in (the kind of route, the body's type, body or query).
public struct FuzzedDecoder: Sendable, CustomStringConvertible {
    public let name: String  // Of its folder of seeds, too.
    private let check: @Sendable ([UInt8]) -> Void

    public func callAsFunction(_ input: [UInt8]) { check(input) }
    public var description: String { name }

    public static let all: [FuzzedDecoder] =
        formats + [
            FuzzedDecoder(name: "native", check: native),
            FuzzedDecoder(name: "ndjson") { accept((try? NativeFormat.items($0, isNDJSON: true)) ?? [], .native) },
            FuzzedDecoder(name: "ga4-validation", check: ga4Validation),
            FuzzedDecoder(name: "json", check: json),
            FuzzedDecoder(name: "journal-entry", check: journalEntry),
            FuzzedDecoder(name: "csv", check: csv),
            FuzzedDecoder(name: "mapping", check: mapping),
            FuzzedDecoder(name: "table", check: table),
            FuzzedDecoder(name: "plan", check: plan),
            FuzzedDecoder(name: "gzip") { _ = try? Inflate.decode($0, name: "gzip", bytesMax: 1 << 20) },
            FuzzedDecoder(name: "zstd") { _ = try? ZstdFrames.decode($0, bytesMax: 1 << 20) },
            FuzzedDecoder(name: "text", check: text),
        ]

    /// Every format, also as quarantine reads it again.
    private static let formats: [FuzzedDecoder] = WireFormat.allCases.filter { $0 != .native }.map { format in
        FuzzedDecoder(name: format.rawValue) { input in
            let request = WireRequest(fuzzed: input)
            if let envelope = try? envelope(format, request) { accept(envelope.items, format) }
            if let json = try? JSON.parse(request.body) { accept([format.item(json)], format) }
        }
    }

    private static func envelope(_ format: WireFormat, _ request: WireRequest) throws(CollectError) -> WireEnvelope? {
        switch format {
        case .native, .webhook, .log: return nil
        case .segment: return try SegmentFormat.envelope(request)
        case .rudder: return request.body.isEmpty ? RudderFormat.pixel(request) : try RudderFormat.beacon(request)
        case .jitsu: return try JitsuFormat.envelope(request)
        case .postHog: return try PostHogFormat.envelope(request)
        case .sensors: return try SensorsFormat.envelope(request)
        case .snowplow: return try SnowplowFormat.envelope(request)
        case .ga4: return try GA4Format.envelope(request)
        case .braze: return try BrazeFormat.envelope(request)
        case .cloudevents: return try CloudEventsFormat.envelope(request)
        case .douyin: return try DouyinFormat.envelope(request, secret: "secret")
        }
    }
}

extension FuzzedDecoder {
    private static let source = SourceName(validated: "fuzz")
    private static let now = EventTime(clampingUnixMs: 1_780_000_000_000)

    /// Takes nothing and knows nothing: for `trial`.
    private static let collect = CollectEvents(
        limits: CollectLimits(), key: HashKey.random(),
        ports: CollectPorts(
            append: { events, _ in .init(isNew: events.map { _ in true }, receipt: ReceiptID(sequence: 0)) },
            quarantine: { $0.map { _ in 0 } }, now: { now }))

    /// Whatever the elements are, each has an outcome, and what quarantine would keep of it reads as itself.
    private static func accept(_ items: [WireItem], _ format: WireFormat) {
        guard !items.isEmpty else { return }
        let receipts = try? collect.trial(items, source: source)
        precondition(receipts == nil || receipts?.count == items.count, "an outcome each")
        for item in items {
            guard let json = try? JSON.parse(item.body) else { continue }  // It was malformed from the start.
            precondition(format.item(json).body == JSON.parsed(json.bytes)?.bytes, "kept as it came")
        }
    }

    /// The short way and the way through a draft give the same outcome.
    private static func native(_ input: [UInt8]) {
        guard let items = try? NativeFormat.items(input, isNDJSON: false) else { return }
        accept(items, .native)
        let drafted = items.map { WireItem(drafts: $0.drafts, body: $0.body) }
        guard let short = try? collect.trial(items, source: source),
            let long = try? collect.trial(drafted, source: source)
        else { return }
        for (one, other) in zip(short, long) where one.id?.text.hasPrefix("random-") != true {
            precondition(one == other, "\(one) is not \(other)")
        }
    }

    private static func ga4Validation(_ input: [UInt8]) {
        _ = GA4Validation.messages(WireRequest(fuzzed: input)) { items throws(CollectError) in
            try collect.trial(items, source: source)
        }
    }

    /// What was written is read as the same value.
    private static func json(_ input: [UInt8]) {
        guard let value = try? JSON.parse(input) else { return }
        precondition(JSON.parsed(value.bytes) == value, "written and read again")
    }

    private static func journalEntry(_ input: [UInt8]) {
        switch try? JournalEntry(input) {
        case .event(let event):
            let bytes = EventCodec.encode(event)
            precondition((try? EventCodec.decode(bytes)).map(EventCodec.encode) == bytes, "encoded and decoded again")
        case .receipt(let receipt):
            _ = (receipt.counts, receipt.newEventCount)
            precondition((try? CollectReceiptCodec.decode(CollectReceiptCodec.encode(receipt))) == receipt)
        case .erasure(let erasure):
            precondition((try? ErasureCodec.decode(ErasureCodec.encode(erasure))) == erasure)
        case .erased, nil: break
        }
        let others = try? EventCodec.erasing({ $0.text.utf8.count % 2 == 0 ? 1 : nil }, from: input)
        if let others = others ?? nil { precondition(others.count == input.count, "stands in the same place") }
    }

    /// In whatever pieces a file comes, its rows are the same.
    private static func csv(_ input: [UInt8]) {
        func rows(inPiecesOf count: Int) -> [CSVReader.Row] {
            var reader = CSVReader(recordBytesMax: 256)
            var rows: [CSVReader.Row] = []
            for start in stride(from: 0, to: input.count, by: count) {
                rows += reader.feed(input[start..<min(start + count, input.count)])
            }
            return rows + (reader.finish().map { [$0] } ?? [])
        }
        precondition(rows(inPiecesOf: 1) == rows(inPiecesOf: 7), "pieces change nothing")
    }

    private static func mapping(_ input: [UInt8]) {
        guard let json = try? JSON.parse(input), let mapping = try? ImportMapping(json: json) else { return }
        let row = JSONObject(["a", "b", ""].map { JSONObject.Member(name: $0, value: .string("{\"x\": 1}")) })
        _ = (mapping.records(of: row), mapping.records(of: JSONObject()))
    }

    /// Whatever rows a table has, a mapping is proposed that is one.
    private static func table(_ input: [UInt8]) {
        let rows = input.split(separator: 0x0A).compactMap { (try? JSON.parse(Array($0)))?.objectValue }
        let guess = TableGuess(rows: rows)
        for target in ImportMapping.Target.allCases {
            var choices = TableChoices(guess, source: "fuzz", currency: "CNY", zone: "+08:00")
            choices.become(target)
            guard let mapping = try? ImportMapping(json: choices.mapping) else {
                preconditionFailure("no mapping: \(choices.mapping.text)")
            }
            for row in rows { _ = mapping.records(of: row) }
        }
    }

    /// A tracking plan goes out and comes in as it was, in both of its forms.
    private static func plan(_ input: [UInt8]) {
        guard let json = try? JSON.parse(input) else { return }
        for plan in [try? TrackingPlan(schema: json), try? TrackingPlan(json: json)].compactMap(\.self) {
            precondition((try? TrackingPlan(schema: plan.schema)) == plan, "as a schema")
            precondition((try? TrackingPlan(json: plan.json)) == plan, "as a plan")
        }
    }

    private static func text(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        _ = EventTime.unixMs(iso8601: text)
        if let time = EventTime(iso8601: text) {
            precondition(EventTime(iso8601: time.iso8601) == time, "written and read again")
        }
        _ = PercentEncoding.fields(input)
        if let bytes = Base64.decode(input) { precondition(Base64.decode(Base64.encode(bytes).utf8) == bytes) }
        if let subject = Subject(text) { precondition(Subject(subject.description) == subject) }
        _ = ReceiptID(text)
    }
}

extension JSON {
    fileprivate static func parsed(_ bytes: [UInt8]) -> JSON? { try? parse(bytes) }
}

extension WireRequest {
    private static let kinds = ["", "track", "identify", "page", "batch", "event", "alias", "merge", "pixel"]
    private static let types = [
        nil, "application/json", "text/plain", "application/x-www-form-urlencoded",
        "application/cloudevents+json", "application/cloudevents-batch+json",
    ]

    /// - Parameter input: A byte that chooses, then the body; or, where its highest bit is set, the query.
    fileprivate init(fuzzed input: [UInt8]) {
        self.init()
        bodyBytesMax = 1 << 20
        guard let choice = input.first.map(Int.init) else { return }
        kind = Self.kinds[choice % Self.kinds.count]
        mediaType = Self.types[choice / Self.kinds.count % Self.types.count]
        let rest = Array(input.dropFirst())
        if choice < 128 { body = rest } else { query = PercentEncoding.fields(rest) ?? [] }
        if choice % 2 == 1 {
            headers = [("ce-id", "1"), ("ce-type", "t"), ("ce-source", "/s"), ("ce-specversion", "1.0")]
        }
    }
}
