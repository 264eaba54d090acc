import Base
import Measure

// The definitions that answers carry beside their numbers.

extension MetricDefinition {
    /// What every number carries: which definition it is of.
    var mark: JSON { ["id": .string(id), "version": .int(Int64(version)), "hash": .string(hash)] }
}

extension API {
    /// The definition of an answer's numbers; nil where the library does not know it.
    ///
    /// - Parameter basis: What names in the question stand for, where that can change.
    func mark(of id: String, asked question: JSONObject = JSONObject(), basis: String = "") -> JSON? {
        ports.metricLibrary.answer(id).map { answer in
            [
                "id": .string(id), "version": .int(Int64(answer.version)),
                "hash": .string(answer.hash(of: question, basis: basis)),
            ]
        }
    }

    /// An answer with the definition of its numbers.
    func marked(_ id: String, _ answer: JSON) -> JSON {
        guard var object = answer.objectValue, let mark = mark(of: id) else { return answer }
        object.append("metric", mark)
        return .object(object)
    }

    /// The metric that each figure is.
    func marks(_ figures: [(name: String, metric: String)]) -> JSON {
        var marks = JSONObject()
        for figure in figures {
            if let metric = ports.metricLibrary[figure.metric] { marks.append(figure.name, metric.mark) }
        }
        return .object(marks)
    }
}
