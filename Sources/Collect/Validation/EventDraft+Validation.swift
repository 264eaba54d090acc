import Base
import Domain

/// The named steps from a draft to a valid event, in the order in which an event meets them.
struct DraftValidation {
    let limits: CollectLimits
    let source: SourceName
    let receivedAt: EventTime
    let key: HashKey
    let plan: EnforcedPlan
    let keyHead: [UInt8]  // Of the keys of this source's events.

    init(limits: CollectLimits, source: SourceName, receivedAt: EventTime, key: HashKey, plan: EnforcedPlan) {
        self.limits = limits
        self.source = source
        self.receivedAt = receivedAt
        self.key = key
        self.plan = plan
        keyHead = CollectEvents.keyHead(of: source)
    }

    /// - Returns: The event and its bytes in the journal.
    func callAsFunction(_ draft: EventDraft) throws(Refusal) -> (event: Event, payload: [UInt8]) {
        let identifiers = try identifiers(draft.identifiers)
        let person = try person(draft.person, or: identifiers)
        let name = try name(draft.name)
        let channel = try channel(draft.channel)
        let (time, correction) = try time(draft)
        let subject = try subject(draft.subject)
        let value = try money(draft.value)
        let decision = try decision(draft.decision)
        let properties = try properties(draft.properties)
        let unnamed = Event(
            id: EventID(validated: "-"), source: source, person: person, identifiers: identifiers, name: name,
            channel: channel, time: time, clockCorrection: correction, receivedAt: receivedAt, subject: subject,
            value: value, decision: decision, properties: properties)
        let event = unnamed.with(id: try id(draft, unnamed))
        try checkDecisionRecord(event)
        if let refusal = plan.refusal(of: event) { throw refusal }
        let kept = withoutClearContacts(event, at: draft.contactPlaces)
        return (kept, try payload(kept))
    }

    /// Addresses in clear have served as ids by their hashes. They stay where the plan says on what legal basis. The
    /// event's own id is made before, so that a retry is known whatever the plan says by then.
    private func withoutClearContacts(_ event: Event, at places: [[FieldPath.Step]]) -> Event {
        let hidden = places.filter { !plan.keepsPersonalData(at: [.member("properties")] + $0, of: event.name) }
        guard !hidden.isEmpty else { return event }
        var event = event
        let properties = hidden.reduce(JSON.object(event.properties)) { $0.maskingContacts(at: $1[...]) }
        event.properties = properties.objectValue ?? event.properties
        return event
    }

    private func person(_ json: JSON?, or identifiers: [PersonIdentifier]) throws(Refusal) -> PersonID {
        guard let json, json != .null else {
            if let strongest = identifiers.min() { return strongest.id }
            throw Refusal(.missingPerson, "`person` is missing: name the person by login, device, openid or hash")
        }
        return try personID(json, field: "person")
    }

    private func personID(_ json: JSON, field: String) throws(Refusal) -> PersonID {
        guard let text = json.stringValue ?? json.intValue.map(String.init), let person = PersonID(text) else {
            throw Refusal(
                .invalidPerson,
                "`\(field)` must be a text of 1 to \(PersonID.utf8CountMax) bytes without control characters")
        }
        return person
    }

    /// Each once, in the order of strength.
    private func identifiers(_ given: [EventDraft.Identifier]) throws(Refusal) -> [PersonIdentifier] {
        guard given.count <= EventCodec.identifierCountMax else {
            throw Refusal(.invalidPerson, "an event may name at most \(EventCodec.identifierCountMax) ids")
        }
        var identifiers: Set<PersonIdentifier> = []
        for identifier in given {
            guard let json = identifier.id, json != .null, json != "" else { continue }
            let id = try personID(json, field: "ids.\(identifier.kind.code)")
            identifiers.insert(PersonIdentifier(identifier.kind, id))
        }
        return identifiers.sorted()
    }

    private func name(_ json: JSON?) throws(Refusal) -> EventName {
        guard let json, json != .null else { throw Refusal(.missingName, "`name` is missing: say what happened") }
        guard let name = json.stringValue.flatMap({ EventName($0) }) else {
            throw Refusal(
                .invalidName, "`name` must be a text of 1 to \(EventName.utf8CountMax) bytes without control characters"
            )
        }
        return name
    }

    private func channel(_ json: JSON?) throws(Refusal) -> Channel {
        guard let json, json != .null else { return .unknown }
        guard let channel = json.stringValue.flatMap({ Channel($0) }) else {
            throw Refusal(.invalidChannel, "`channel` must be a text of 1 to \(Channel.utf8CountMax) bytes")
        }
        return channel
    }

    /// When it happened, and by how much that differs from the sender's word.
    ///
    /// Skew is corrected as Segment does it: the event is as old, by the sender's clock, as it was when sent.
    private func time(_ draft: EventDraft) throws(Refusal) -> (EventTime, correction: Milliseconds) {
        guard let json = draft.time, json != .null else { return (receivedAt, Milliseconds(0)) }
        let said = try instant(json, field: "time")
        var time = said
        if let sentJSON = draft.sentAt, let sentAt = try? instant(sentJSON, field: "sentAt"), said <= sentAt {
            time = receivedAt.advanced(by: said.since(sentAt))
        }
        guard time >= limits.timeMin, time <= receivedAt.advanced(by: limits.aheadMax) else {
            throw Refusal(
                .timeOutOfRange,
                "`time` \(time.iso8601) must lie between \(limits.timeMin.iso8601) and "
                    + "\(limits.aheadMax.count / 3_600_000) hours from now: check the sender's clock")
        }
        return (time, time.since(said))
    }

    private func instant(_ json: JSON, field: String) throws(Refusal) -> EventTime {
        guard let ms = json.stringValue.flatMap({ EventTime.unixMs(iso8601: $0) }) ?? json.intValue else {
            throw Refusal(.invalidTime, "`\(field)` must be ISO 8601 text or whole Unix milliseconds")
        }
        guard let time = EventTime(unixMs: ms) else {
            let given = json.stringValue.map { "\($0.prefix(40))" } ?? "\(ms) in milliseconds"
            throw Refusal(.timeOutOfRange, "`\(field)` \(given) does not lie in the years 1970 to 2999")
        }
        return time
    }

    private func subject(_ json: JSON?) throws(Refusal) -> Subject? {
        guard let json, json != .null else { return nil }
        guard let subject = json.stringValue.flatMap({ Subject($0) }) else {
            let kinds = Subject.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(.invalidSubject, "`subject` must read kind:id, such as product:42; kinds are \(kinds)")
        }
        return subject
    }

    func money(_ json: JSON?) throws(Refusal) -> Money? {
        guard let json, json != .null else { return nil }
        let code = json["currency"]?.stringValue ?? limits.currencyDefault.code
        guard let currency = Currency(code: code) else {
            throw Refusal(.invalidValue, "`value.currency` must be three letters of ISO 4217")
        }
        let amount = json.objectValue == nil ? json.doubleValue : json["amount"]?.doubleValue
        let money =
            json["minor"]?.intValue.flatMap { Money(minor: $0, currency: currency) }
            ?? amount.flatMap { Money(major: $0, currency: currency) }
        guard let money else {
            throw Refusal(
                .invalidValue,
                "`value` must be {\"minor\": whole number, \"currency\"} or {\"amount\": number, \"currency\"}, "
                    + "at most \(Money.minorMax) minor units")
        }
        guard money.minor >= 0 else {
            throw Refusal(.negativeValue, "`value` is negative: send a refund as order_refunded with a positive value")
        }
        return money
    }

    private func decision(_ json: JSON?) throws(Refusal) -> DecisionID? {
        guard let json, json != .null else { return nil }
        guard let id = json.stringValue.flatMap({ DecisionID($0) }) else {
            throw Refusal(.invalidDecision, "`decision` must be the id that the decision was answered with")
        }
        return id
    }

    private func properties(_ json: JSON?) throws(Refusal) -> JSONObject {
        guard let json, json != .null else { return JSONObject() }
        guard let object = json.objectValue else {
            throw Refusal(.invalidProperties, "`properties` must be an object, not \(json.kindName)")
        }
        return object
    }

    /// An event without an id is known by its content, so that a retry is still recognised, and by the time that its
    /// sender said, since the corrected one differs from try to try. One without a time of its own cannot be known: it
    /// gets an id by chance.
    private func id(_ draft: EventDraft, _ event: Event) throws(Refusal) -> EventID {
        guard let json = draft.id, json != .null else {
            guard draft.time != nil else { return .random() }
            var content = event.with(receivedAt: event.timeOfSender)
            (content.time, content.clockCorrection) = (content.timeOfSender, Milliseconds(0))
            return EventID(validated: "content-" + Hash128(of: EventCodec.encode(content), key: key).hex)
        }
        guard let text = json.stringValue ?? json.intValue.map(String.init), let id = EventID(text) else {
            throw Refusal(.invalidID, "`id` must be a text of 1 to \(EventID.utf8CountMax) bytes")
        }
        return id
    }

    private func checkDecisionRecord(_ event: Event) throws(Refusal) {
        guard event.name == .decision else { return }
        guard Decision(event: event) != nil else {
            throw Refusal(
                .invalidDecision,
                "a `decision` event needs `decision` and, in `properties`, surface, policy, candidates, probabilities "
                    + "(one per candidate) and choices [{subject, position, probability}]")
        }
    }

    private func payload(_ event: Event) throws(Refusal) -> [UInt8] {
        let bytes = EventCodec.encode(event)
        guard bytes.count <= limits.eventBytesMax else {
            throw Refusal(.tooLarge, "the event takes \(bytes.count) bytes; at most \(limits.eventBytesMax) are taken")
        }
        return bytes
    }
}
