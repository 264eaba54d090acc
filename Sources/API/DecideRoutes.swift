import Base
import Decide
import Domain
import HTTPServer

extension API {
    func registerDecide(on router: inout Router) {
        onFromPages(.post, "/api/v1/decide", .decide, &router) { request, _ throws(Problem) in
            let json = try Fields.json(of: request, types: Self.jsonTypes)
            let question: DecideRequest
            let decision: Decision
            do throws(DecideError) {
                question = try DecideRequest(json: json)
                decision = try await ports.decide(question)
            } catch {
                throw Problem(error)
            }
            return .json([
                "decision": question.isShadow ? .null : .string(decision.id.text),
                "person": .string(decision.person.text), "surface": .string(decision.surface),
                "policy": .string(decision.policy), "model": .string(decision.model),
                "choices": .array(decision.choices.map { $0.answer(title: nil) }),
            ])
        }
    }
}

extension Decision.Choice {
    /// The choice with its reasons in words.
    ///
    /// - Parameter title: Of its subject, where one is known.
    func answer(title: String?) -> JSON {
        var object = json.objectValue ?? JSONObject()
        if let title { object.append("title", .string(title)) }
        let explanation = Explanation(self)
        object.append("explanation", ["zh": .string(explanation.zh), "en": .string(explanation.en)])
        return .object(object)
    }
}
