public import Base

/// What the numbers of an answer are where no expression says it: of a query, by what it is asked.
public struct AnswerDefinition: Sendable, Equatable {
    /// Of a question, what says when, and how much is shown, but not what is meant.
    private static let unmeant: Set = [
        "from", "to", "before", "as_of", "list", "offset", "limit", "cursor", "compare", "page",
    ]

    public let id: String  // Such as `query.funnel`.
    public let version: Int  // Ascends whenever the meaning changes.
    public let source: String
    public let name: MetricDefinition.Text
    public let formula: MetricDefinition.Text
    public let trap: MetricDefinition.Text

    init(_ reader: MetricReader) throws(MetricError) {
        _ = try reader.object(known: ["id", "version", "source", "name", "formula", "trap"])
        id = try reader.required("id").text()
        version = try reader.required("version").count()
        source = try reader.member("source")?.text() ?? ""
        name = try reader.required("name").words()
        formula = try reader.required("formula").words()
        trap = try reader.required("trap").words()
    }

    /// Of the definition and of what is meant by a question: alike however its members are ordered, whatever is null in
    /// it, and whatever period it is asked of.
    ///
    /// - Parameter basis: What names in the question stand for, where that can change.
    public func hash(of question: JSONObject = JSONObject(), basis: String = "") -> String {
        let meant = question.members.filter { !Self.unmeant.contains($0.name) }
        return MetricDefinition.hash(of: [
            "id": .string(id), "version": .int(Int64(version)),
            "question": JSON.object(JSONObject(meant)).inOrder, "basis": .string(basis),
        ])
    }
}

/// A metric that is asked for elsewhere and cannot be counted yet.
public struct UncountableMetric: Sendable, Equatable {
    public let id: String
    public let name: MetricDefinition.Text
    public let reason: MetricDefinition.Text
    public let needs: MetricDefinition.Text  // What has to come first.

    init(_ reader: MetricReader) throws(MetricError) {
        _ = try reader.object(known: ["id", "name", "reason", "needs"])
        id = try reader.required("id").text()
        name = try reader.required("name").words()
        reason = try reader.required("reason").words()
        needs = try reader.required("needs").words()
    }
}

extension JSON {
    /// Members by their names, without those that are null.
    fileprivate var inOrder: JSON {
        if let elements = arrayValue { return .array(elements.map(\.inOrder)) }
        guard let object = objectValue else { return self }
        let members = object.members.filter { $0.value != .null }.sorted { $0.name < $1.name }
        return .object(JSONObject(members.map { JSONObject.Member(name: $0.name, value: $0.value.inOrder) }))
    }
}
