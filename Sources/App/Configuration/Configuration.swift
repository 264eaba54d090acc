import Base

/// Why a setting cannot be used: which, from where, and how to mend it.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    let description: String
}

/// The settings in force: built-in defaults, then the file, then the environment, then flags; the last one wins.
struct Configuration: Sendable {
    private enum Origin: String {
        case file, environment, flag
    }

    private var values: [String: ConfigurationKey.Value]

    init() { values = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.name, $0.fallback) }) }

    /// - Parameters:
    ///   - file: The object in `quanyu.json`; nil where there is none.
    ///   - environment: All variables; those that are no settings are ignored.
    ///   - flags: By setting name, as given on the command line.
    init(file: JSONObject?, environment: [String: String], flags: [String: String]) throws(ConfigurationError) {
        self.init()
        for member in file?.members ?? [] {
            let key = try Self.key(named: member.name, in: "quanyu.json")
            try set(key, Self.value(member.value, for: key), from: .file)
        }
        for key in ConfigurationKey.all {
            if let text = environment[key.environmentName] {
                try set(key, Self.value(text, for: key), from: .environment)
            }
            if let text = flags[key.name] { try set(key, Self.value(text, for: key), from: .flag) }
        }
    }

    func value(_ key: ConfigurationKey) -> ConfigurationKey.Value { values[key.name] ?? key.fallback }

    func text(_ key: ConfigurationKey) -> String { if case .text(let text) = value(key) { text } else { "" } }
    func whole(_ key: ConfigurationKey) -> Int { if case .whole(let whole, _) = value(key) { Int(whole) } else { 0 } }
    func number(_ key: ConfigurationKey) -> Double { if case .number(let number, _) = value(key) { number } else { 0 } }
    func flag(_ key: ConfigurationKey) -> Bool { if case .flag(let flag) = value(key) { flag } else { false } }
    func list(_ key: ConfigurationKey) -> [String] { if case .list(let list) = value(key) { list } else { [] } }
    func currency(_ key: ConfigurationKey) -> Currency {
        if case .currency(let currency) = value(key) { currency } else { .cny }
    }

    private mutating func set(
        _ key: ConfigurationKey, _ value: ConfigurationKey.Value?, from origin: Origin
    ) throws(ConfigurationError) {
        guard let value else {
            throw ConfigurationError(
                description: "setting \(key.name) (\(origin.rawValue)) must be \(Self.expectation(of: key))")
        }
        values[key.name] = value
    }

    private static func key(named name: String, in place: String) throws(ConfigurationError) -> ConfigurationKey {
        guard let key = ConfigurationKey.all.first(where: { $0.name == name }) else {
            throw ConfigurationError(
                description: "\(place) has an unknown setting \"\(name)\"; `quanyu help serve` lists all of them")
        }
        return key
    }

    private static func value(_ json: JSON, for key: ConfigurationKey) -> ConfigurationKey.Value? {
        switch key.fallback {
        case .text: json.stringValue.map { .text($0) }
        case .whole(_, let range): json.intValue.flatMap { range.contains($0) ? .whole($0, in: range) : nil }
        case .number(_, let range): json.doubleValue.flatMap { range.contains($0) ? .number($0, in: range) : nil }
        case .flag: json.boolValue.map { .flag($0) }
        case .list:
            json.arrayValue.flatMap { elements in
                let texts = elements.compactMap(\.stringValue)
                return texts.count == elements.count ? .list(texts) : nil
            }
        case .currency: json.stringValue.flatMap { Currency(code: $0) }.map { .currency($0) }
        }
    }

    private static func value(_ text: String, for key: ConfigurationKey) -> ConfigurationKey.Value? {
        switch key.fallback {
        case .text: .text(text)
        case .whole: Int64(text).flatMap { value(.int($0), for: key) }
        case .number: Double(text).flatMap { value(.double($0), for: key) }
        case .flag: ["true": true, "1": true, "false": false, "0": false][text].map { .flag($0) }
        case .list:
            .list(
                text.split(separator: ",").map { String($0.drop(while: \.isWhitespace)) }.filter { !$0.isEmpty })
        case .currency: value(.string(text), for: key)
        }
    }

    static func expectation(of key: ConfigurationKey) -> String {
        switch key.fallback {
        case .text: "a text"
        case .whole(_, let range): "a whole number from \(range.lowerBound) through \(range.upperBound)"
        case .number(_, let range): "a number from \(range.lowerBound) through \(range.upperBound)"
        case .flag: "true or false"
        case .list: "a list of texts (separated by commas outside the file)"
        case .currency: "a currency of three letters (ISO 4217), such as CNY"
        }
    }
}
