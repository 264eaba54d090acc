import Base
import Domain
import HTTPServer
import Measure
import Timeline

extension API {
    func registerAudience(on router: inout Router) {
        on(.post, "/api/v1/audience", .read, &router) { request, _ throws(Problem) in
            let (question, basis) = try audience(request)
            let result = try await query { () throws(Problem) in
                try ports.people(ports.timeline(), basis).audience(question)
            }
            return .json([
                "count": .count(result.count), "of": .count(result.peopleTotal),
                "people": .array(result.people.map { .string($0.text) }),
            ])
        }
    }

    private func audience(_ request: HTTPRequest) throws(Problem) -> (AudienceQuery, PersonBasis) {
        let fields = try Fields(body: request, known: ["did", "did_not", "limit", "identities"])
        let did = try clauses(fields, "did", count: 1...16)
        let didNot = try clauses(fields, "did_not", count: 0...16)
        let limit = try fields.integer("limit", in: 0...1000) ?? 100
        let basis = try fields.basis()
        do throws(TimelineQueryError) {
            return (try AudienceQuery(did: did, didNot: didNot, limit: limit), basis)
        } catch {
            throw Problem(error)
        }
    }

    private func clauses(
        _ fields: Fields, _ name: String, count: ClosedRange<Int>
    ) throws(Problem) -> [AudienceClause] {
        var clauses: [AudienceClause] = []
        for clause in try fields.objects(name, count: count, known: ["name", "channel", "at_least", "from", "to"]) {
            let name: EventName = try clause.requiredName("name")
            let channel: Channel? = try clause.name("channel")
            let countMin = try clause.integer("at_least", in: 1...1_000_000) ?? 1
            let range = try clause.range()
            do throws(TimelineQueryError) {
                clauses.append(try AudienceClause(name: name, channel: channel, countMin: countMin, range: range))
            } catch {
                throw Problem(error)
            }
        }
        return clauses
    }
}
