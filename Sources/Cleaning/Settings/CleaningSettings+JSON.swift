public import Base
import Domain

extension CleaningSettings {
    /// Reads `[{"step": "text", "on": true, …}, …]`: steps in their order, each at most once. A step that is missing,
    /// and a setting that is, stands as it does by default.
    public init(json: JSON, place: String = "steps") throws(CleaningSettingsError) {
        guard let elements = json.arrayValue else {
            throw CleaningSettingsError(place: place, rule: "must be an array of steps, not \(json.kindName)")
        }
        var last = -1
        for (index, element) in elements.enumerated() {
            let here = "\(place)[\(index)]"
            let names = CleaningStep.allCases.map(\.rawValue)
            guard let position = element["step"]?.stringValue.flatMap({ names.firstIndex(of: $0) }) else {
                throw CleaningSettingsError(
                    place: here + ".step", rule: "must be one of \(names.joined(separator: ", "))")
            }
            guard position > last else {
                throw CleaningSettingsError(
                    place: here + ".step",
                    rule: "must come once and in the order \(names.joined(separator: ", ")): the order is fixed")
            }
            last = position
            try read(CleaningStep.allCases[position], element, here)
        }
    }

    private mutating func read(_ step: CleaningStep, _ json: JSON, _ place: String) throws(CleaningSettingsError) {
        func reader(_ known: String...) throws(CleaningSettingsError) -> SettingsReader {
            try SettingsReader(json, place: place, known: ["step", "on"] + known)
        }
        switch step {
        case .clockSkew: clockSkew.isOn = try reader().flag("on", default: clockSkew.isOn)
        case .timeBounds: try timeBounds.read(try reader("past_days", "ahead_minutes", "action"))
        case .traffic:
            try traffic.read(
                try reader(
                    "user_agent_properties", "address_properties", "bots", "own_people", "own_address_prefixes",
                    "own_user_agents"))
        case .text: try text.read(try reader("nfc", "half_width"))
        case .units: try units.read(try reader("reporting_currency", "rules"))
        case .aliases:
            try aliases.read(try reader("subjects", "subject_prefixes", "channels", "channel_prefixes"))
            if let fault = AliasTable.fault(in: aliases) {
                throw CleaningSettingsError(place: "\(place).\(fault.place)", rule: fault.rule)
            }
        }
    }

    /// All steps with all settings, as `init(json:)` reads them.
    public var json: JSON {
        .array([
            ["step": "clock_skew", "on": .bool(clockSkew.isOn)], timeBounds.json, traffic.json, text.json, units.json,
            aliases.json,
        ])
    }

    public func isOn(_ step: CleaningStep) -> Bool {
        switch step {
        case .clockSkew: clockSkew.isOn
        case .timeBounds: timeBounds.isOn
        case .traffic: traffic.isOn
        case .text: text.isOn
        case .units: units.isOn
        case .aliases: aliases.isOn
        }
    }
}

extension TimeBoundsSettings {
    fileprivate mutating func read(_ reader: SettingsReader) throws(CleaningSettingsError) {
        isOn = try reader.flag("on", default: isOn)
        pastDaysMax = try reader.whole("past_days", in: 0...36_500, default: pastDaysMax)
        aheadMinutesMax = try reader.whole("ahead_minutes", in: 0...525_600, default: aheadMinutesMax)
        let actions = Action.allCases.map(\.rawValue).joined(separator: " or ")
        action =
            try reader.value("action", "must be \(actions)") { $0.stringValue.flatMap(Action.init(rawValue:)) }
            ?? action
    }

    fileprivate var json: JSON {
        [
            "step": "time_bounds", "on": .bool(isOn), "past_days": .int(Int64(pastDaysMax)),
            "ahead_minutes": .int(Int64(aheadMinutesMax)), "action": .string(action.rawValue),
        ]
    }
}

extension TrafficSettings {
    fileprivate mutating func read(_ reader: SettingsReader) throws(CleaningSettingsError) {
        isOn = try reader.flag("on", default: isOn)
        userAgentProperties = try reader.texts("user_agent_properties", default: userAgentProperties)
        addressProperties = try reader.texts("address_properties", default: addressProperties)
        if let given = try reader.value("bots", "must be an object", { $0.objectValue }) {
            let reader = try SettingsReader(
                .object(given), place: reader.place + ".bots", known: ["source", "effective_from", "patterns"])
            bots.source = try reader.value("source", "must be text", \.stringValue) ?? ""
            bots.effectiveFrom = try reader.value("effective_from", "must be text", \.stringValue) ?? ""
            bots.patterns = try reader.texts("patterns", default: [])
        }
        let rule = "must be an array of ids of people, each of 1 to \(PersonID.utf8CountMax) bytes"
        ownPeople =
            try reader.value("own_people", rule) { json in
                guard let elements = json.arrayValue, elements.count <= SettingsReader.listCountMax else { return nil }
                let people = elements.compactMap { $0.stringValue.flatMap { PersonID($0) } }
                return people.count == elements.count ? people : nil
            } ?? ownPeople
        ownAddressPrefixes = try reader.texts("own_address_prefixes", default: ownAddressPrefixes)
        ownUserAgents = try reader.texts("own_user_agents", default: ownUserAgents)
    }

    fileprivate var json: JSON {
        [
            "step": "traffic", "on": .bool(isOn), "user_agent_properties": .texts(userAgentProperties),
            "address_properties": .texts(addressProperties),
            "bots": [
                "source": .string(bots.source), "effective_from": .string(bots.effectiveFrom),
                "patterns": .texts(bots.patterns),
            ], "own_people": .texts(ownPeople.map(\.text)), "own_address_prefixes": .texts(ownAddressPrefixes),
            "own_user_agents": .texts(ownUserAgents),
        ]
    }
}

extension TextSettings {
    fileprivate mutating func read(_ reader: SettingsReader) throws(CleaningSettingsError) {
        isOn = try reader.flag("on", default: isOn)
        isComposed = try reader.flag("nfc", default: isComposed)
        isNarrow = try reader.flag("half_width", default: isNarrow)
    }

    fileprivate var json: JSON {
        ["step": "text", "on": .bool(isOn), "nfc": .bool(isComposed), "half_width": .bool(isNarrow)]
    }
}

extension UnitSettings {
    private static let ruleCountMax = 100

    fileprivate mutating func read(_ reader: SettingsReader) throws(CleaningSettingsError) {
        isOn = try reader.flag("on", default: isOn)
        let rule = "must be three letters of ISO 4217, or null"
        let currency = try reader.value("reporting_currency", rule) { json -> Currency?? in
            if json == .null { return .some(nil) }
            guard let currency = json.stringValue.flatMap(Currency.init(code:)) else { return .none }
            return .some(currency)
        }
        reportingCurrency = currency ?? nil
        let rows = try reader.rows("rules", countMax: Self.ruleCountMax, known: ["from", "to", "factor"]) ?? []
        var names: Set<String> = []
        for row in rows {
            let from = try row.required("from", "must name a property", SettingsReader.text)
            let to = try row.required("to", "must name a property", SettingsReader.text)
            let factor = try row.required("factor", "must be a number other than 0 of at most 15 digits, as text") {
                ($0.stringValue.flatMap { ExactDecimal($0) } ?? $0.doubleValue.flatMap { ExactDecimal($0) }).flatMap {
                    $0.coefficient != 0 && $0.coefficient.magnitude < 1_000_000_000_000_000 ? $0 : nil
                }
            }
            guard from != to, names.insert(to).inserted else {
                throw row.failure("to", "must be another property than `from`, and that of one rule only")
            }
            guard !rules.contains(where: { $0.from == to }) else {
                throw row.failure("to", "must not be what an earlier rule reads: put this rule before that one")
            }
            rules.append(Rule(from: from, to: to, factor: factor))
        }
    }

    fileprivate var json: JSON {
        [
            "step": "units", "on": .bool(isOn),
            "reporting_currency": reportingCurrency.map { .string($0.code) } ?? .null,
            "rules": .array(
                rules.map {
                    ["from": .string($0.from), "to": .string($0.to), "factor": .string($0.factor.text)]
                }),
        ]
    }
}

extension AliasSettings {
    private static let prefixCountMax = 100

    fileprivate mutating func read(_ reader: SettingsReader) throws(CleaningSettingsError) {
        isOn = try reader.flag("on", default: isOn)
        subjects = try Self.rules(reader, "subjects", SettingsReader.listCountMax)
        subjectPrefixes = try Self.rules(reader, "subject_prefixes", Self.prefixCountMax)
        channels = try Self.rules(reader, "channels", SettingsReader.listCountMax)
        channelPrefixes = try Self.rules(reader, "channel_prefixes", Self.prefixCountMax)
    }

    private static func rules(
        _ reader: SettingsReader, _ name: String, _ countMax: Int
    ) throws(CleaningSettingsError) -> [Rule] {
        var rules: [Rule] = []
        for row in try reader.rows(name, countMax: countMax, known: ["from", "to"]) ?? [] {
            rules.append(
                Rule(
                    from: try row.required("from", "must be text", SettingsReader.text),
                    to: try row.required("to", "must be text", SettingsReader.text)))
        }
        return rules
    }

    fileprivate var json: JSON {
        func rows(_ rules: [Rule]) -> JSON {
            .array(rules.map { ["from": .string($0.from), "to": .string($0.to)] })
        }
        return [
            "step": "aliases", "on": .bool(isOn), "subjects": rows(subjects),
            "subject_prefixes": rows(subjectPrefixes), "channels": rows(channels),
            "channel_prefixes": rows(channelPrefixes),
        ]
    }
}

extension JSON {
    fileprivate static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}
