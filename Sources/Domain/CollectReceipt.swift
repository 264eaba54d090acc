public import Base

/// What became of one request: kept in the journal right behind the request's events, so that both are durable at once.
public struct CollectReceipt: Sendable, Equatable {
    /// Elements that follow one another in the request and fared alike.
    public enum Run: Sendable, Equatable {
        /// Each stood for `newEventCount` events that were new; at least 1.
        case accepted(elementCount: Int, newEventCount: Int)
        case duplicate(elementCount: Int)
        /// Set aside under this id of the quarantine, for a reason with this code.
        case quarantined(id: Int64, reason: String)
        /// Refused and not kept, for a reason with this code.
        case rejected(elementCount: Int, reason: String)
    }

    /// Where an element that was refused is not as planned.
    public struct Violation: Sendable, Equatable {
        public let element: Int  // Its place in the request, from 0.
        public let event: EventName
        public let field: String  // As in `PlanViolation`.
        public let kind: PlanViolation.Kind

        public init(element: Int, event: EventName, field: String, kind: PlanViolation.Kind) {
            self.element = element
            self.event = event
            self.field = field
            self.kind = kind
        }
    }

    public let receivedAt: EventTime
    public let source: SourceName
    public let format: String  // The raw value of a `WireFormat`.
    public let byteCount: Int  // Of the request's body, decompressed.
    public let isReplay: Bool  // Of the quarantine: the elements were counted before.
    public let runs: [Run]
    public let violations: [Violation]  // In the order of the elements.

    public init(
        receivedAt: EventTime, source: SourceName, format: String, byteCount: Int, isReplay: Bool, runs: [Run],
        violations: [Violation] = []
    ) {
        self.receivedAt = receivedAt
        self.source = source
        self.format = format
        self.byteCount = byteCount
        self.isReplay = isReplay
        self.runs = runs
        self.violations = violations
    }
}

extension CollectReceipt {
    /// How many elements fared how.
    public struct Counts: Sendable, Equatable {
        public var accepted = 0
        public var duplicate = 0
        public var quarantined = 0
        public var rejected = 0

        public init() {}
    }

    public var counts: Counts {
        runs.reduce(into: Counts()) { counts, run in
            switch run {
            case .accepted(let elementCount, _): counts.accepted += elementCount
            case .duplicate(let elementCount): counts.duplicate += elementCount
            case .quarantined: counts.quarantined += 1
            case .rejected(let elementCount, _): counts.rejected += elementCount
            }
        }
    }

    /// How many records right before the receipt are its events.
    public var newEventCount: Int {
        runs.reduce(0) { sum, run in
            guard case .accepted(let elementCount, let newEventCount) = run else { return sum }
            return sum + elementCount * newEventCount
        }
    }
}

/// The name of a receipt: the place of its record in the journal, written `r` and the number.
public struct ReceiptID: Hashable, Sendable, CustomStringConvertible {
    public let sequence: UInt64

    public init(sequence: UInt64) { self.sequence = sequence }

    public init?(_ text: String) {
        guard text.first == "r", let sequence = UInt64(text.dropFirst()), "r\(sequence)" == text else { return nil }
        self.sequence = sequence
    }

    public var description: String { "r\(sequence)" }
}
