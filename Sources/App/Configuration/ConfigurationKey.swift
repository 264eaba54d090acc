import Base
import Domain

/// One setting: its name in the file, and, derived from it, in the environment and on the command line.
struct ConfigurationKey: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case text(String)
        case whole(Int64, in: ClosedRange<Int64>)
        case number(Double, in: ClosedRange<Double>)
        case flag(Bool)
        case list([String])
        case currency(Currency)
    }

    let name: String  // Snake case, unit last.
    let fallback: Value  // The built-in default, and with it the kind and the range.
    let meaning: String

    var environmentName: String { "QUANYU_" + name.uppercased() }
    var flagName: String { "--" + name.split(separator: "_").joined(separator: "-") }
}

extension ConfigurationKey {
    static let host = Self(
        name: "host", fallback: .text("127.0.0.1"), meaning: "Address to listen on; 0.0.0.0 for every interface.")
    static let port = Self(
        name: "port", fallback: .whole(8080, in: 0...65_535), meaning: "Port to listen on; 0 takes a free one.")
    static let logLevel = Self(
        name: "log_level", fallback: .text("info"), meaning: "Least level that is logged: debug, info, warning, error.")
    static let webDir = Self(
        name: "web_dir", fallback: .text(""),
        meaning: "Folder of the console's pages; empty: `web` beside or above the program.")
    static let thirdPartyDir = Self(
        name: "third_party_dir", fallback: .text(""),
        meaning: "Folder of installed parts (DuckDB, ECharts); empty: `build/third-party` beside or above the program.")
    static let currency = Self(
        name: "currency", fallback: .currency(.cny), meaning: "Currency of amounts that name none (ISO 4217).")
    static let timeZone = Self(
        name: "time_zone", fallback: .text("Asia/Shanghai"),
        meaning: "Zone whose days the totals of orders count, and of times in tables that name none (IANA name).")
    static let bodyBytesMax = Self(
        name: "body_bytes_max", fallback: .whole(8_388_608, in: 1024...1_073_741_824),
        meaning: "Largest request body, also after decompression.")
    static let eventBytesMax = Self(
        name: "event_bytes_max", fallback: .whole(32_768, in: 256...1_048_576), meaning: "Largest single event.")
    static let eventsPerRequestMax = Self(
        name: "events_per_request_max", fallback: .whole(10_000, in: 1...1_000_000),
        meaning: "Most events in one request.")
    static let sourceEventsPerSecondMax = Self(
        name: "source_events_per_second_max",
        fallback: .whole(0, in: 0...Int64(SourceLimits.eventsPerSecondRange.upperBound)),
        meaning: "Most events a second of one source that has no limit of its own; 0: any number.")
    static let sourceEventsPerDayMax = Self(
        name: "source_events_per_day_max",
        fallback: .whole(0, in: 0...Int64(SourceLimits.eventsPerDayRange.upperBound)),
        meaning: "Most events a day (UTC) of one source that has no quota of its own; 0: any number.")
    static let sourceBytesUnderWayMax = Self(
        name: "source_bytes_under_way_max", fallback: .whole(8_388_608, in: 1024...1_073_741_824),
        meaning: "Most bytes of one source's requests that wait for their answers; room for the others.")
    static let receiptDays = Self(
        name: "receipt_days", fallback: .whole(30, in: 1...3650),
        meaning: "How long the receipt of a request can be looked up.")
    static let connectionsMax = Self(
        name: "connections_max", fallback: .whole(1000, in: 1...60_000), meaning: "Most connections at a time.")
    static let idleTimeoutSeconds = Self(
        name: "idle_timeout_seconds", fallback: .whole(30, in: 1...3600),
        meaning: "How long a connection may stay silent, also in the middle of a request.")
    static let shutdownTimeoutSeconds = Self(
        name: "shutdown_timeout_seconds", fallback: .whole(10, in: 1...600),
        meaning: "How long a stop waits for requests under way.")
    static let corsOrigins = Self(
        name: "cors_origins", fallback: .list([]),
        meaning: "Web origins whose pages may use every route, with a token and never with cookies; `*` for all.")
    static let trustForwardedProto = Self(
        name: "trust_forwarded_proto", fallback: .flag(false),
        meaning: "Whether X-Forwarded-Proto of a proxy in front is believed (cookies become Secure).")
    static let trustForwardedFor = Self(
        name: "trust_forwarded_for", fallback: .flag(false),
        meaning: "Whether the last address of X-Forwarded-For of a proxy in front is believed to be a caller's.")
    static let journalSegmentBytes = Self(
        name: "journal_segment_bytes", fallback: .whole(67_108_864, in: 65_536...4_294_967_296),
        meaning: "Size at which the journal starts a new segment file.")
    static let journalKeysInMemoryMax = Self(
        name: "journal_keys_in_memory_max", fallback: .whole(3_000_000, in: 100...1_000_000_000),
        meaning: "How many of the newest events are known by keys in memory; those of older ones lie in sorted files.")
    static let snapshotSeconds = Self(
        name: "snapshot_seconds", fallback: .whole(300, in: 1...86_400),
        meaning: "How often derived state is saved, so that a start replays little.")
    static let qualitySeconds = Self(
        name: "quality_seconds", fallback: .whole(60, in: 1...86_400),
        meaning: "How often the quality of events is judged, so that alarms are raised and cleared.")
    static let querySecondsMax = Self(
        name: "query_seconds_max", fallback: .whole(30, in: 1...3600),
        meaning: "How long one query may take before it is ended.")
    static let indexedProperties = Self(
        name: "indexed_properties", fallback: .list([]),
        meaning:
            "Properties of events that queries may filter and group by, beside the standard ones; a change reads the "
            + "journal again at the next start.")
    static let timelineDaysMax = Self(
        name: "timeline_days_max", fallback: .whole(0, in: 0...36_500),
        meaning: "How many days of events queries see; older ones stay in the journal alone. 0: all.")
    static let timelineHeadEventsMin = Self(
        name: "timeline_head_events_min", fallback: .whole(65_536, in: 1...16_777_216),
        meaning: "How many new events the timeline gathers at least before it merges them into the others.")
    static let timelineMemoryBytesMax = Self(
        name: "timeline_memory_bytes_max", fallback: .whole(0, in: 0...1_099_511_627_776),
        meaning: "How many bytes of events the timeline keeps in memory at most: more of them all lie in mapped files, "
            + "of which the system keeps in memory what there is room for. 0: all in memory.")
    static let explorationFloor = Self(
        name: "exploration_floor", fallback: .number(0.05, in: 0.0001...1),
        meaning: "Share of every draw that is uniform over the candidates.")
    static let outcomeWindowSeconds = Self(
        name: "outcome_window_seconds", fallback: .whole(1800, in: 1...2_592_000),
        meaning: "How long after an exposure an outcome counts for learning.")
    static let popularityHalfLifeDays = Self(
        name: "popularity_half_life_days", fallback: .number(14, in: 0.01...3650),
        meaning: "After how many days an event counts half towards popularity.")

    static let douyinSecret = Self(
        name: "douyin_secret", fallback: .text(""),
        meaning:
            "Secret that signs Douyin's live push, for sources without one of their own (page Sources); empty: their "
            + "pushes are refused. Best kept in the environment.")

    static let followFolders = Self(
        name: "follow_folders", fallback: .list([]),
        meaning: "Folders whose files may be followed as logs; empty: none. Whoever operates can then read them.")

    static let importBytesMax = Self(
        name: "import_bytes_max", fallback: .whole(1_073_741_824, in: 1024...1_099_511_627_776),
        meaning: "Largest table that can be uploaded on the Import page; it lies in the data folder until it is read.")

    /// By kind of id, the weaker first.
    static let identityBudgets: [(kind: PersonIdentifier.Kind, key: ConfigurationKey)] = [
        (.anonymous, identityBudget("anonymous", 1, "an anonymous id (a browser)")),
        (.device, identityBudget("device", 1, "a device")),
        (.emailHash, identityBudget("email_hash", 2, "a hash of an e-mail address")),
        (.phoneHash, identityBudget("phone_hash", 2, "a hash of a phone number")),
        (.openid, identityBudget("openid", 2, "an openid")),
        (.unionid, identityBudget("unionid", 2, "a unionid")),
    ]

    private static func identityBudget(_ kind: String, _ budget: Int64, _ what: String) -> Self {
        Self(
            name: "identity_budget_\(kind)", fallback: .whole(budget, in: 0...1000),
            meaning: "How many ids of one stronger kind \(what) may be linked to before it joins none of them.")
    }

    /// Every setting there is, in the order of the documentation.
    static let all: [ConfigurationKey] =
        [
            host, port, logLevel, webDir, thirdPartyDir, currency, timeZone, bodyBytesMax, eventBytesMax,
            eventsPerRequestMax,
            sourceEventsPerSecondMax, sourceEventsPerDayMax, sourceBytesUnderWayMax, receiptDays, connectionsMax,
            idleTimeoutSeconds, shutdownTimeoutSeconds, corsOrigins, trustForwardedProto,
            trustForwardedFor, journalSegmentBytes, journalKeysInMemoryMax, snapshotSeconds, qualitySeconds,
            querySecondsMax, indexedProperties, timelineDaysMax, timelineHeadEventsMin, timelineMemoryBytesMax,
            explorationFloor, outcomeWindowSeconds, popularityHalfLifeDays, douyinSecret, followFolders,
            importBytesMax,
        ] + identityBudgets.map(\.key)
}
