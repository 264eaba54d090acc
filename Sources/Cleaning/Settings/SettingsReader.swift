import Base

/// The members of one JSON object of settings, each read by its rule; one that is missing keeps its default.
struct SettingsReader {
    static let listCountMax = 10_000
    static let textUTF8CountMax = 255

    let place: String
    private let object: JSONObject

    init(_ json: JSON, place: String, known: [String]) throws(CleaningSettingsError) {
        guard let object = json.objectValue else {
            throw CleaningSettingsError(place: place, rule: "must be an object, not \(json.kindName)")
        }
        if let stranger = object.members.first(where: { !known.contains($0.name) }) {
            let names = known.map { "`\($0)`" }.joined(separator: ", ")
            throw CleaningSettingsError(
                place: "\(place).\(stranger.name.prefix(100))", rule: "is no setting here; there are \(names)")
        }
        self.place = place
        self.object = object
    }

    func value<Value>(_ name: String, _ rule: String, _ read: (JSON) -> Value?) throws(CleaningSettingsError) -> Value?
    {
        guard let json = object[name] else { return nil }
        guard let value = read(json) else { throw failure(name, rule) }
        return value
    }

    func required<Value>(
        _ name: String, _ rule: String, _ read: (JSON) -> Value?
    ) throws(CleaningSettingsError) -> Value {
        guard let value = try value(name, rule, read) else { throw failure(name, rule) }
        return value
    }

    func flag(_ name: String, default flag: Bool) throws(CleaningSettingsError) -> Bool {
        try value(name, "must be true or false", \.boolValue) ?? flag
    }

    func whole(_ name: String, in range: ClosedRange<Int>, default count: Int) throws(CleaningSettingsError) -> Int {
        let rule = "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try value(name, rule) { json in
            json.intValue.flatMap { Int(exactly: $0) }.flatMap { range.contains($0) ? $0 : nil }
        } ?? count
    }

    func texts(_ name: String, default texts: [String]) throws(CleaningSettingsError) -> [String] {
        let rule = "must be an array of at most \(Self.listCountMax) texts of 1 to \(Self.textUTF8CountMax) bytes"
        return try value(name, rule) { json in
            guard let elements = json.arrayValue, elements.count <= Self.listCountMax else { return nil }
            let texts = elements.compactMap(Self.text)
            return texts.count == elements.count ? texts : nil
        } ?? texts
    }

    /// The objects of an array.
    func rows(
        _ name: String, countMax: Int = SettingsReader.listCountMax, known: [String]
    ) throws(CleaningSettingsError) -> [SettingsReader]? {
        let elements = try value(name, "must be an array of at most \(countMax) objects") { json in
            json.arrayValue.flatMap { $0.count <= countMax ? $0 : nil }
        }
        guard let elements else { return nil }
        var rows: [SettingsReader] = []
        for (index, element) in elements.enumerated() {
            rows.append(try SettingsReader(element, place: "\(place).\(name)[\(index)]", known: known))
        }
        return rows
    }

    func failure(_ name: String, _ rule: String) -> CleaningSettingsError {
        CleaningSettingsError(place: "\(place).\(name)", rule: rule)
    }

    static func text(_ json: JSON) -> String? {
        json.stringValue.flatMap { (1...textUTF8CountMax).contains($0.utf8.count) ? $0 : nil }
    }
}
