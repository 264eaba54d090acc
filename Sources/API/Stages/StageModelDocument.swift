import Base
import Domain
import HTTPServer
import Timeline

/// A model of stages as it is written: the rules, and the words around them, which are kept as they are given.
struct StageModelDocument: Sendable {
    static let fields = ["title", "source", "effective_from", "stages"]
    private static let languages = ["zh-CN", "en"]
    private static let textCountMax = 1000

    let json: JSONObject
    let model: StageModel
    let titles: [[String: String]]  // By language, one for each stage.

    /// - Throws: 400 with the place of what is wrong.
    init(_ fields: Fields) throws(Problem) {
        var json = JSONObject()
        if let title = try fields.object("title", known: Self.languages) {
            json.append("title", Self.json(try Self.texts(title)))
        }
        for name in ["source", "effective_from"] {
            if let text = try Self.text(name, fields) { json.append(name, .string(text)) }
        }
        var stages: [StageModel.Stage] = []
        var titles: [[String: String]] = []
        for stage in try fields.objects(
            "stages", count: 1...StageModel.stageCountMax, known: ["id", "title", "rules"]
        ) {
            stages.append(StageModel.Stage(id: try Self.id(stage), rules: try Self.rules(stage)))
            titles.append(try stage.object("title", known: Self.languages).map(Self.texts) ?? [:])
        }
        do throws(StageModelError) { model = try StageModel(stages: stages) } catch { throw Problem(error) }
        json.append("stages", try fields.required("stages", "must be an array") { $0 })
        self.json = json
        self.titles = titles
    }

    /// Of the rules and their names: equal where models are.
    var hash: String { Hex.encode(SHA256.digest(Array((json["stages"] ?? .null).text.utf8))) }

    private static func id(_ stage: Fields) throws(Problem) -> String {
        try stage.required("id", "must be 1 to \(PlainName.utf8CountMax) letters, digits, `-`, `_` or `.`") {
            $0.stringValue.flatMap { PlainName(plain: $0)?.text }.flatMap { $0 == StageState.outside ? nil : $0 }
        }
    }

    private static let conditionFields = ["events", "at_least", "sum_of", "within_days"]

    /// A rule is a condition, or `all` of several.
    private static func rules(_ stage: Fields) throws(Problem) -> [StageModel.Rule] {
        var rules: [StageModel.Rule] = []
        for rule in try stage.objects(
            "rules", count: 1...StageModel.ruleCountMax, known: conditionFields + ["all"]
        ) {
            guard rule.names.contains("all") else {
                rules.append(StageModel.Rule([try condition(rule)]))
                continue
            }
            if let beside = rule.names.first(where: { $0 != "all" }) {
                throw .field(rule.path(beside), "has no meaning beside `all`: write it into one of its conditions")
            }
            var conditions: [StageModel.Condition] = []
            for one in try rule.objects("all", count: 1...StageModel.conditionCountMax, known: conditionFields) {
                conditions.append(try condition(one))
            }
            rules.append(StageModel.Rule(conditions))
        }
        return rules
    }

    private static func condition(_ fields: Fields) throws(Problem) -> StageModel.Condition {
        var filters: [EventFilter] = []
        for event in try fields.objects("events", count: 0...StageModel.filterCountMax, known: EventFilter.fields) {
            filters.append(try EventFilter(event))
        }
        return StageModel.Condition(
            filters: filters,
            least: Int64(try fields.integer("at_least", in: 1...Int(StageModel.leastMax)) ?? 1),
            sumOf: try fields.name("sum_of"),
            withinDays: try fields.integer("within_days", in: 1...StageModel.withinDaysMax))
    }

    private static func texts(_ fields: Fields) throws(Problem) -> [String: String] {
        var texts: [String: String] = [:]
        for language in languages { texts[language] = try text(language, fields) }
        return texts
    }

    private static func text(_ name: String, _ fields: Fields) throws(Problem) -> String? {
        try fields.optional(name, "must be text of at most \(textCountMax) bytes") {
            $0.stringValue.flatMap { $0.utf8.count <= textCountMax ? $0 : nil }
        }
    }

    private static func json(_ texts: [String: String]) -> JSON {
        .object(
            JSONObject(
                languages.compactMap { language in
                    texts[language].map { JSONObject.Member(name: language, value: .string($0)) }
                }))
    }
}

/// What a state is called in questions and answers: that of a stage by its id.
enum StageState {
    static let outside = "outside"
}
