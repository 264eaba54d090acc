import Base
import Domain
import HTTPServer
import Measure

extension API {
    private static let logCountMax = 200

    func registerPolicies(on router: inout Router) {
        on(.get, "/api/v1/policies/logs", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            let logs = try await query { [index = ports.decisions] in index.logs(countMax: Self.logCountMax) }
            var rows: [JSON] = []
            for log in logs { rows.append(try await row(log)) }
            return .json(["logs": .array(rows)])
        }
        on(.get, "/api/v1/policies/value", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["log"])
            guard let name = try parameters.value("log", "must be text", { $0 }), !name.isEmpty else {
                throw .parameter("log", "is missing: name one of `/api/v1/policies/logs`")
            }
            guard let log = ports.decisions.log(named: name) else {
                throw .notFound("log of this name; `/api/v1/policies/logs` lists them")
            }
            return .json(marked("policies.value", try await values.table(of: log).json))
        }
    }

    private func row(_ log: DecisionIndex.LogSummary) async throws(Problem) -> JSON {
        let shape = try await values.shape(of: log)
        return [
            "log": .string(log.name), "decisions": .count(log.decisionCount), "surface": .string(log.log.surface),
            "positions": .count(shape.positionCount), "actions": .count(shape.actionCount),
            "outcomes": .count(log.outcomeCount),
        ]
    }
}

extension PolicyTable {
    fileprivate var json: JSON {
        [
            "log": .string(log), "decisions": .count(decisionCount), "outcomes": .count(outcomeCount),
            "slots": [
                "judged": .count(slotCountEvaluated), "without_exposure": .count(slotCountUnseen),
                "left_out": .count(slotCountLeftOut),
            ],
            "on_policy": .object(onPolicy.numbers), "policies": .array(policies.map(\.json)),
        ]
    }
}

extension PolicyTable.Policy {
    fileprivate var json: JSON {
        let rows = estimates.map { estimate -> JSON in
            var row = JSONObject()
            row.append("estimator", .string(estimate.estimator))
            for member in estimate.numbers.members { row.append(member.name, member.value) }
            return .object(row)
        }
        return [
            "policy": .string(policy), "estimates": .array(rows),
            "effective_sample_size": .double(effectiveSampleSize), "trust": .string(trust.rawValue),
            "doubts": .array(
                doubts.map { doubt in
                    [
                        "code": .string(doubt.code.rawValue), "value": .double(doubt.value),
                        "wanted": .double(doubt.wanted),
                    ]
                }),
            "note": .string(note),
        ]
    }
}

extension PolicyTable.Estimate {
    fileprivate var numbers: JSONObject {
        var object = JSONObject()
        object.append("value", .double(value))
        object.append("low", .double(low))
        object.append("high", .double(high))
        return object
    }
}
