import Base
import Domain
import Timeline

/// A member of a definition, and where it stands: errors name the place.
struct MetricReader {
    let json: JSON
    let place: String

    func fail(_ reason: MetricError.Reason) -> MetricError { MetricError(place: place, reason: reason) }
    func wrong(_ rule: String) -> MetricError { fail(.wrong(rule: rule)) }

    func object(known: [String]) throws(MetricError) -> JSONObject {
        guard let object = json.objectValue else { throw wrong("must be an object") }
        for member in object.members where !known.contains(member.name) {
            throw MetricReader(json: member.value, place: "\(place).\(member.name)").fail(.unknownMember(known: known))
        }
        return object
    }

    /// Nil where absent.
    func member(_ name: String) -> MetricReader? {
        json[name].map { MetricReader(json: $0, place: place.isEmpty ? name : "\(place).\(name)") }
    }

    func required(_ name: String) throws(MetricError) -> MetricReader {
        guard let member = member(name) else {
            throw MetricError(place: place.isEmpty ? name : "\(place).\(name)", reason: .missing)
        }
        return member
    }

    func elements() throws(MetricError) -> [MetricReader] {
        guard let elements = json.arrayValue else { throw wrong("must be a list") }
        return elements.enumerated().map { MetricReader(json: $1, place: "\(place)[\($0)]") }
    }

    func text() throws(MetricError) -> String {
        guard let text = json.stringValue, !text.isEmpty else { throw wrong("must be a text") }
        return text
    }

    func flag() throws(MetricError) -> Bool {
        guard let flag = json.boolValue else { throw wrong("must be true or false") }
        return flag
    }

    func count() throws(MetricError) -> Int {
        guard let count = json.intValue, (1...1_000_000).contains(count) else {
            throw wrong("must be a whole number from 1 to 1000000")
        }
        return Int(count)
    }

    func span() throws(MetricError) -> Milliseconds {
        guard let count = json.intValue, (0...EventTime.unixMsEnd).contains(count) else {
            throw wrong("must be a whole number of milliseconds, 0 or more")
        }
        return Milliseconds(count)
    }
}

// MARK: Expressions

extension MetricReader {
    private static let leafNames = ["events", "orders", "people", "sum", "seconds", "subjects"]
    private static let forms = ["number", "parameter", "days", "ratio", "times", "minus"] + leafNames

    func expression() throws(MetricError) -> MetricExpression {
        let expression = try form()
        guard expression.degree != nil else { throw fail(.differenceOfUnlikes) }
        return expression
    }

    private func form() throws(MetricError) -> MetricExpression {
        let object = try object(known: Self.forms)
        guard let member = object.members.first, object.members.count == 1, let inner = self.member(member.name) else {
            throw wrong("must have one member, of \(Self.forms.joined(separator: ", "))")
        }
        switch member.name {
        case "number":
            guard let number = inner.json.doubleValue, number.isFinite else { throw inner.wrong("must be a number") }
            return .number(number)
        case "parameter": return .parameter(try inner.text())
        case "days":
            guard try inner.flag() else { throw inner.wrong("must be true") }
            return .days
        case "ratio": return try inner.pair { .ratio($0, $1) }
        case "times": return try inner.pair { .times($0, $1) }
        case "minus": return try inner.pair { .minus($0, $1) }
        default: return .leaf(try inner.leaf(member.name))
        }
    }

    private func pair(
        _ make: (MetricExpression, MetricExpression) -> MetricExpression
    ) throws(MetricError) -> MetricExpression {
        let elements = try elements()
        guard elements.count == 2 else { throw wrong("must hold two expressions") }
        return make(try elements[0].expression(), try elements[1].expression())
    }

    private func leaf(_ name: String) throws(MetricError) -> MetricLeaf {
        let own = ["people": ["at_least"], "sum": ["value"], "seconds": ["gap_max_ms", "starts"]][name] ?? []
        _ = try object(known: ["of", "once", "first", "after", "without", "unless_followed", "counts_with"] + own)
        let after = try member("after")?.relation()
        if let with = member("counts_with"), with.json != .string("after") || after == nil {
            throw with.wrong("must be \"after\", beside `after`")
        }
        return MetricLeaf(
            of: try required("of").filters(), measure: try measure(name),
            isOncePerSubject: try member("once")?.flag() ?? false, isFirst: try member("first")?.flag() ?? false,
            after: after, without: try member("without")?.relation(),
            unlessFollowed: try member("unless_followed")?.relation(), countsWithAfter: member("counts_with") != nil)
    }

    private func measure(_ name: String) throws(MetricError) -> MetricLeaf.Measure {
        switch name {
        case "orders": return .orders
        case "people": return .people(eventCountMin: try member("at_least")?.count() ?? 1)
        case "sum":
            let value = try required("value")
            if value.json == .string("money") { return .sum(.money) }
            guard let property = PropertyName(try value.text()) else { throw value.wrong("must name a property") }
            return .sum(.property(property))
        case "seconds":
            let starts = try member("starts")?.filters() ?? []
            return .seconds(gapMax: try required("gap_max_ms").span(), starts: starts)
        case "subjects": return .subjects
        default: return .events
        }
    }

    private func relation() throws(MetricError) -> TallyQuery.Relation {
        _ = try object(known: ["of", "unless", "within_ms", "gap_ms", "same_subject", "choice"])
        var choice = TallyQuery.Relation.Choice.latest
        if let chosen = member("choice") {
            guard let found = TallyQuery.Relation.Choice(rawValue: try chosen.text()) else {
                throw chosen.wrong("must be \"latest\" or \"first\"")
            }
            choice = found
        }
        return TallyQuery.Relation(
            of: try required("of").filters(), unless: try member("unless")?.filters() ?? [],
            within: try member("within_ms")?.span(), gap: try member("gap_ms")?.span() ?? Milliseconds(0),
            isOfSameSubject: try member("same_subject")?.flag() ?? false, choice: choice)
    }

    /// One filter, or a list of them; a text is the name of an event.
    private func filters() throws(MetricError) -> [EventFilter] {
        guard json.arrayValue != nil else { return [try filter()] }
        var filters: [EventFilter] = []
        for element in try elements() { filters.append(try element.filter()) }
        guard !filters.isEmpty else { throw wrong("must name at least one kind of event") }
        return filters
    }

    private func filter() throws(MetricError) -> EventFilter {
        if let text = json.stringValue {
            guard let name = EventName(text) else { throw wrong("must be the name of an event") }
            return EventFilter(name: name)
        }
        _ = try object(known: ["name", "channel", "subject_kind", "where"])
        let kind = try member("subject_kind")?.word { Subject.Kind(rawValue: $0) }
        let name = try member("name")?.word { EventName($0) }
        let channel = try member("channel")?.word { Channel($0) }
        var conditions: [PropertyCondition] = []
        for member in try member("where")?.conditionObject().members ?? [] {
            let values = MetricReader(json: member.value, place: "\(place).where.\(member.name)")
            guard let property = PropertyName(member.name) else { throw values.wrong("must be of a property") }
            var texts: Set<String> = []
            for element in try values.elements() { texts.insert(try element.text()) }
            conditions.append(PropertyCondition(property, .isOneOf(texts)))
        }
        return EventFilter(name: name, channel: channel, subjectKind: kind, conditions: conditions)
    }

    private func conditionObject() throws(MetricError) -> JSONObject {
        guard let object = json.objectValue else { throw wrong("must be an object of properties and their texts") }
        return object
    }

    private func word<Word>(_ read: (String) -> Word?) throws(MetricError) -> Word {
        guard let word = read(try text()) else { throw wrong("must be a word that is known here") }
        return word
    }
}
