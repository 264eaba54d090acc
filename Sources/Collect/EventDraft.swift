public import Base
public import Domain

/// An event as a wire format gave it: every field still in the sender's words, nothing checked.
public struct EventDraft: Sendable, Equatable {
    public var id: JSON?
    public var person: JSON?  // Absent: the strongest of `identifiers`.
    public var identifiers: [Identifier] = []  // Every id that the sender knew the person by, with its kind.
    public var name: JSON?
    public var channel: JSON?
    public var time: JSON?  // ISO 8601 text or whole Unix milliseconds; absent: the time of receipt.
    public var sentAt: JSON?  // The sender's clock when it sent: corrects `time` for skew.
    public var subject: JSON?
    public var value: JSON?
    public var decision: JSON?
    public var properties: JSON?
    /// Where in `properties` addresses of the person stand that are among `identifiers` by their hashes.
    var contactPlaces: [[FieldPath.Step]] = []

    /// An id in the sender's words; one that is null or empty counts as absent.
    public struct Identifier: Sendable, Equatable {
        public let kind: PersonIdentifier.Kind
        public let id: JSON?

        public init(_ kind: PersonIdentifier.Kind, _ id: JSON?) {
            self.kind = kind
            self.id = id
        }
    }

    public init() {}
}

/// One element of a request: the events it stands for, or why it stands for none.
public struct WireItem: Sendable {
    enum Content: Sendable {
        case drafted(Result<[EventDraft], Refusal>, body: Body)
        case native(FlatJSON, place: Int)  // Read only where it has to be.
    }

    enum Body: Sendable {
        case bytes([UInt8])
        case json(JSON)
        case message(SegmentMessage)
    }

    let content: Content

    /// - Parameter body: What the sender wrote, for quarantine and replay.
    public init(drafts: Result<[EventDraft], Refusal>, body: [UInt8]) {
        content = .drafted(drafts, body: .bytes(body))
    }

    /// - Parameter json: As `body`; it is written only where it is needed.
    public init(drafts: Result<[EventDraft], Refusal>, json: JSON) {
        content = .drafted(drafts, body: .json(json))
    }

    init(drafts: Result<[EventDraft], Refusal>, message: SegmentMessage) {
        content = .drafted(drafts, body: .message(message))
    }

    init(native flat: FlatJSON, place: Int) { content = .native(flat, place: place) }

    /// The first is the event itself; others follow from it.
    public var drafts: Result<[EventDraft], Refusal> {
        switch content {
        case .drafted(let drafts, _): drafts
        case .native(let flat, let place): NativeFormat.drafts(flat.value(at: place))
        }
    }

    /// What the sender wrote.
    public var body: [UInt8] {
        switch content {
        case .drafted(_, .bytes(let bytes)): return bytes
        case .drafted(_, .json(let json)): return json.bytes
        case .drafted(_, .message(let message)): return message.json.bytes
        case .native(let flat, let place):
            var bytes: [UInt8] = []
            flat.write(place, to: &bytes)
            return bytes
        }
    }
}

/// Why a request as a whole was refused; nothing of it was taken.
public enum CollectError: Error, Equatable, Sendable {
    case empty
    case malformed(reason: String, byteOffset: Int?)
    case wrongShape(expected: String, got: String)
    case tooManyEvents(count: Int, countMax: Int)
    /// The body stands for more than a body may have.
    case tooLarge(bytesMax: Int)
    /// The sender did not prove who it is.
    case notSigned(reason: String)
    /// The sender is too fast, or all together are.
    case throttled(Throttling)
    /// Nothing was acknowledged; the sender may retry with the same ids.
    case unavailable(reason: String)
}

/// Bounds on what is taken.
public struct CollectLimits: Sendable, Equatable {
    public var eventBytesMax = 32_768
    public var eventsPerRequestMax = 10_000
    public var aheadMax = Milliseconds.hours(24)  // How far ahead of our clock an event's time may lie.
    public var timeMin = EventTime(clampingUnixMs: 946_684_800_000)  // 2000-01-01: older is a broken clock.
    public var currencyDefault = Currency.cny  // Where a sender names none.

    public init() {}
}
