public import Base
public import Domain
import Timeline

/// A metric with its passport: what it is called, what it comes to, and what is settled where sources differ.
public struct MetricDefinition: Sendable, Equatable {
    public static let hashCharacterCount = 16

    public enum Unit: String, Sendable, CaseIterable {
        case count
        case people
        case money  // Of a currency, in its minor units.
        case share  // In 0...1.
        case number
        case seconds
        case days
    }

    /// Words in both languages of the console.
    public struct Text: Sendable, Equatable {
        public let chinese: String
        public let english: String
    }

    public let id: String
    public let version: Int  // Ascends whenever the meaning changes.
    public let source: String  // A letter of the list of sources; empty for common practice.
    public let name: Text
    public let formula: Text
    public let trap: Text  // Where public definitions differ, and how this one is settled.
    public let unit: Unit
    public let expression: MetricExpression
    /// Whether people are the sample that the value is an estimate from; where not, it is exact or has no interval.
    public let hasInterval: Bool
    public let needs: Set<EventName>  // Where none of these came, nothing can be said, not even 0.
    public let hash: String  // Of all that the value depends on: SHA-256 of its JSON, the first characters in hex.
}

extension MetricDefinition {
    private static let members = [
        "id", "version", "source", "name", "formula", "trap", "unit", "interval", "needs", "expression",
    ]

    init(_ reader: MetricReader) throws(MetricError) {
        _ = try reader.object(known: Self.members)
        id = try reader.required("id").text()
        version = try reader.required("version").count()
        source = try reader.member("source")?.text() ?? ""
        name = try reader.required("name").words()
        formula = try reader.required("formula").words()
        trap = try reader.required("trap").words()
        let unit = try reader.required("unit")
        guard let known = Unit(rawValue: try unit.text()) else {
            throw unit.wrong("must be one of \(Unit.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.unit = known
        let expression = try reader.required("expression")
        self.expression = try expression.expression()
        guard self.expression.isCountable else {
            throw expression.fail(
                .tooLarge(leafCountMax: TallyQuery.leafCountMax, filterCountMax: TallyQuery.filterCountMax))
        }
        hasInterval = try reader.member("interval")?.flag() ?? true
        var needs: Set<EventName> = []
        for element in try reader.member("needs")?.elements() ?? [] {
            guard let name = EventName(try element.text()) else { throw element.wrong("must be the name of an event") }
            needs.insert(name)
        }
        self.needs = needs
        let meaning: JSON = [
            "id": .string(id), "version": .int(Int64(version)), "unit": .string(known.rawValue),
            "interval": .bool(hasInterval), "needs": .array(needs.map(\.text).sorted().map { .string($0) }),
            "expression": self.expression.json,
        ]
        hash = Self.hash(of: meaning)
    }

    static func hash(of meaning: JSON) -> String {
        String(Hex.encode(SHA256.digest(Array(meaning.text.utf8))).prefix(hashCharacterCount))
    }

    public var expressionJSON: JSON { expression.json }

    /// Whether what comes late about an order changes it for days that are over.
    public var restates: Bool {
        expression.leaves.contains { leaf in
            (leaf.of + (leaf.after?.of ?? [])).contains { $0.name?.text.hasPrefix("order_") ?? false }
        }
    }
}

extension MetricDefinition {
    /// Numbers of an order's day that move it: those that restatements tell of.
    public var restatedBy: [OrderMetric] {
        let found = expression.leaves.flatMap { leaf in leaf.of.compactMap { leaf.restated(by: $0) } }
        return OrderMetric.allCases.filter { found.contains($0) }
    }
}

extension MetricLeaf {
    fileprivate func restated(by filter: EventFilter) -> OrderMetric? {
        switch filter.name?.text {
        case "order_paid": measure == .sum(.money) ? .gross : .orders
        case "order_refunded": .refunded
        case "order_cancelled": .cancelled
        default: nil
        }
    }
}

extension MetricExpression {
    fileprivate var isCountable: Bool {
        let leaves = leaves.map { $0.tallied(in: .cny) }
        return leaves.count <= TallyQuery.leafCountMax
            && TallyQuery.filters(of: leaves).count <= TallyQuery.filterCountMax
    }
}

extension MetricReader {
    func words() throws(MetricError) -> MetricDefinition.Text {
        _ = try object(known: ["zh", "en"])
        return MetricDefinition.Text(
            chinese: try required("zh").text(), english: try required("en").text())
    }
}

/// All metrics that are known, each under its id, and what the numbers of other answers are.
public struct MetricLibrary: Sendable {
    public let definitions: [MetricDefinition]
    public let answers: [AnswerDefinition]
    public let uncountable: [UncountableMetric]
    private let places: [String: Int]

    public static let empty = MetricLibrary(definitions: [], answers: [], uncountable: [])

    private init(definitions: [MetricDefinition], answers: [AnswerDefinition], uncountable: [UncountableMetric]) {
        self.definitions = definitions
        self.answers = answers
        self.uncountable = uncountable
        places = Dictionary(uniqueKeysWithValues: definitions.enumerated().map { ($1.id, $0) })
    }

    /// - Parameter bytes: A JSON document `{"metrics": […], "answers": […], "uncountable": […]}`.
    /// - Throws: `MetricError`, which names the place.
    public init(_ bytes: [UInt8]) throws(MetricError) {
        let json: JSON
        do throws(JSONError) { json = try JSON.parse(bytes) } catch { throw MetricError(place: "", reason: .notJSON) }
        let whole = MetricReader(json: json, place: "")
        _ = try whole.object(known: ["metrics", "answers", "uncountable"])
        var definitions: [MetricDefinition] = []
        var ids: Set<String> = []
        for element in try whole.required("metrics").elements() {
            let definition = try MetricDefinition(element)
            guard ids.insert(definition.id).inserted else { throw element.fail(.twice(id: definition.id)) }
            definitions.append(definition)
        }
        var answers: [AnswerDefinition] = []
        for element in try whole.member("answers")?.elements() ?? [] {
            let answer = try AnswerDefinition(element)
            guard ids.insert(answer.id).inserted else { throw element.fail(.twice(id: answer.id)) }
            answers.append(answer)
        }
        var uncountable: [UncountableMetric] = []
        for element in try whole.member("uncountable")?.elements() ?? [] {
            uncountable.append(try UncountableMetric(element))
        }
        self.init(definitions: definitions, answers: answers, uncountable: uncountable)
    }

    public subscript(id: String) -> MetricDefinition? { places[id].map { definitions[$0] } }

    public func answer(_ id: String) -> AnswerDefinition? { answers.first { $0.id == id } }
}
