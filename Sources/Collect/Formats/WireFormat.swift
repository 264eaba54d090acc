public import Base

/// The formats in which events come; the raw value is what quarantine stores.
public enum WireFormat: String, Sendable, CaseIterable {
    case native
    case segment
    case rudder
    case jitsu
    case ga4
    case braze
    case cloudevents

    /// Reads one element of this format, as quarantine keeps it.
    public func item(_ json: JSON) -> WireItem {
        switch self {
        case .native: NativeFormat.item(json)
        case .segment, .rudder, .jitsu: SegmentFormat.item(json)
        case .ga4: GA4Format.item(json)
        case .braze: BrazeFormat.item(json)
        case .cloudevents: CloudEventsFormat.item(json)
        }
    }
}
