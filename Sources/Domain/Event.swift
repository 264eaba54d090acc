public import Base

/// Something that happened to a person at a time. Every field is valid by itself, so that cleaning may replace those
/// that can vary; who it happened to, by whose word and when it came in stay as received.
public struct Event: Sendable, Equatable {
    public let id: EventID
    public let source: SourceName
    public let person: PersonID
    /// All ids that the sender knew the person by, `person` among them; empty where it named no kind of id.
    public let identifiers: [PersonIdentifier]
    public var name: EventName
    public var channel: Channel
    public var time: EventTime  // When it happened, by the sender's clock, corrected for skew.
    /// How much `time` was moved when the event came in, since the sender's clock was wrong: `time` less this is what
    /// the sender said.
    public var clockCorrection: Milliseconds
    public let receivedAt: EventTime  // By ours.
    public var subject: Subject?
    public var value: Money?
    public let decision: DecisionID?  // The decision this is an outcome of, or, for a decision, itself.
    public var properties: JSONObject

    public init(
        id: EventID, source: SourceName, person: PersonID, identifiers: [PersonIdentifier] = [], name: EventName,
        channel: Channel, time: EventTime, clockCorrection: Milliseconds = Milliseconds(0), receivedAt: EventTime,
        subject: Subject? = nil, value: Money? = nil, decision: DecisionID? = nil,
        properties: JSONObject = JSONObject()
    ) {
        self.id = id
        self.source = source
        self.person = person
        self.identifiers = identifiers
        self.name = name
        self.channel = channel
        self.time = time
        self.clockCorrection = clockCorrection
        self.receivedAt = receivedAt
        self.subject = subject
        self.value = value
        self.decision = decision
        self.properties = properties
    }
}

extension Event {
    public func with(id: EventID? = nil, receivedAt: EventTime? = nil) -> Event {
        Event(
            id: id ?? self.id, source: source, person: person, identifiers: identifiers, name: name, channel: channel,
            time: time, clockCorrection: clockCorrection, receivedAt: receivedAt ?? self.receivedAt, subject: subject,
            value: value, decision: decision, properties: properties)
    }

    /// By the sender's own clock, right or wrong.
    public var timeOfSender: EventTime { time.advanced(by: Milliseconds(-clockCorrection.count)) }

    /// The canonical JSON of the native API, of exports and of the console.
    public var json: JSONObject {
        var object = JSONObject()
        object.append("id", .string(id.text))
        object.append("source", .string(source.text))
        object.append("person", .string(person.text))
        if !identifiers.isEmpty { object.append("ids", .object(identifiers.json)) }
        object.append("name", .string(name.text))
        object.append("channel", .string(channel.text))
        object.append("time", .string(time.iso8601))
        object.append("received_at", .string(receivedAt.iso8601))
        if let subject { object.append("subject", .string(subject.description)) }
        if let value {
            object.append("value", ["minor": .int(value.minor), "currency": .string(value.currency.code)])
        }
        if let decision { object.append("decision", .string(decision.text)) }
        if !properties.isEmpty { object.append("properties", .object(properties)) }
        return object
    }
}

extension [PersonIdentifier] {
    /// An id by its kind; several of one kind as an array.
    fileprivate var json: JSONObject {
        var object = JSONObject()
        for kind in PersonIdentifier.Kind.allCases {
            let ids = filter { $0.kind == kind }.map { JSON.string($0.id.text) }
            if !ids.isEmpty { object.append(kind.code, ids.count == 1 ? ids[0] : .array(ids)) }
        }
        return object
    }
}
