public import Base

/// The formats in which events come; the raw value is what quarantine stores.
public enum WireFormat: String, Sendable, CaseIterable {
    case native
    case segment
    case postHog = "posthog"
    case sensors
    case snowplow
    case douyin
    case rudder
    case jitsu
    case ga4
    case braze
    case cloudevents
    case webhook  // These two are read by the mapping of their source.
    case log

    /// Whether only the mapping of the source tells what an element means.
    public var isMapped: Bool { self == .webhook || self == .log }

    /// Reads one element of this format, as quarantine keeps it.
    public func item(_ json: JSON) -> WireItem {
        switch self {
        case .native: NativeFormat.item(json)
        case .segment, .rudder, .jitsu: SegmentFormat.item(json)
        case .postHog: PostHogFormat.item(json)
        case .sensors: SensorsFormat.item(json)
        case .snowplow: SnowplowFormat.item(json)
        case .douyin: DouyinFormat.item(json)
        case .ga4: GA4Format.item(json)
        case .braze: BrazeFormat.item(json)
        case .cloudevents: CloudEventsFormat.item(json)
        case .webhook, .log:
            WireItem(drafts: .failure(Refusal(.unknownType, "the mapping of its source is gone")), json: json)
        }
    }
}
