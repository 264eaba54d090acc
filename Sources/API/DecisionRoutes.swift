import Base
import Domain
import HTTPServer
import Measure

extension API {
    func registerDecisions(on router: inout Router) {
        on(.get, "/api/v1/decisions", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["limit", "cursor", "surface", "person"])
            let limit = try parameters.limit(default: 50, max: 200)
            let before = try parameters.value("cursor", "must be `next` of the page before") { UInt64($0) }
            let surface = try parameters.name("surface", SurfaceName.self)
            let person = try parameters.name("person", PersonID.self)
            let index = ports.decisions
            let found = try await query {
                index.page(before: before, surface: surface?.text, person: person, countMax: limit + 1)
            }
            let page = Page(found, countMax: limit)
            let decisions = try await records(page.elements)
            let titles = await ports.titles(Array(Set(decisions.flatMap { $0.choices.map(\.subject) })))
            return .json([
                "decisions": .array(decisions.map { .object(row($0, titles)) }),
                "next": .text(page.hasMore ? page.elements.last.map { String($0.sequence) } : nil),
            ])
        }
        on(.get, "/api/v1/decisions/{id}", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            guard let id = DecisionID(request.parameters["id"] ?? ""), let item = ports.decisions.item(id),
                let decision = try await records([item]).first
            else { throw .notFound("decision of this id") }
            let subjects = decision.candidates.map(\.subject) + decision.choices.map(\.subject)
            let titles = await ports.titles(Array(Set(subjects)))
            return .json(detail(decision, item, titles))
        }
    }

    private func records(_ items: [DecisionIndex.Item]) async throws(Problem) -> [Decision] {
        try await events(items.map(\.sequence)).compactMap { $0.flatMap { Decision(event: $0) } }
    }

    private func row(_ decision: Decision, _ titles: [Subject: CatalogItem]) -> JSONObject {
        var object = JSONObject()
        object.append("decision", .string(decision.id.text))
        object.append("person", .string(decision.person.text))
        object.append("time", .time(decision.time))
        object.append("surface", .string(decision.surface))
        object.append("policy", .string(decision.policy))
        object.append("model", .string(decision.model))
        object.append("choices", .array(decision.choices.map { $0.answer(title: titles[$0.subject]?.title) }))
        object.append("outcomes", .array(ports.decisions.outcomes(of: decision.id).map(\.json)))
        return object
    }

    private func detail(
        _ decision: Decision, _ item: DecisionIndex.Item, _ titles: [Subject: CatalogItem]
    ) -> JSON {
        var object = row(decision, titles)
        object.append("channel", .string(decision.channel.text))
        object.append("source", .string(item.log.source.text))
        object.append("floor", .double(decision.floor))
        object.append("context", .object(decision.context))
        let isKnown = decision.candidates.contains { $0.probability > 0 }  // Else it is the log of another system.
        let candidates = decision.candidates.map { candidate -> JSON in
            var row = JSONObject()
            row.append("subject", .string(candidate.subject.description))
            row.append("probability", isKnown ? .double(candidate.probability) : .null)
            if let title = titles[candidate.subject]?.title { row.append("title", .string(title)) }
            return .object(row)
        }
        object.append("candidates", .array(candidates))
        return .object(object)
    }
}

extension DecisionIndex.Outcome {
    fileprivate var json: JSON {
        ["name": .string(name.text), "subject": .text(subject?.description), "time": .time(time)]
    }
}
