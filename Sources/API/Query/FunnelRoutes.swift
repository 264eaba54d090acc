import Base
import Domain
import HTTPServer
import Measure
import Timeline

extension API {
    private static let stepCountMax = 16
    private static let windowMsMax = 31_536_000_000  // A year.

    func registerFunnel(on router: inout Router) {
        on(.post, "/api/v1/funnel", .read, &router) { request, _ throws(Problem) in
            let (question, basis) = try funnel(request)
            let (result, duration) = try await query { () throws(Problem) in
                let snapshot = try ports.people(ports.timeline(), basis)
                let clock = ContinuousClock()
                let start = clock.now
                return (snapshot.funnel(question), clock.now - start)
            }
            return .json(result.json(question.steps, duration: duration))
        }
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

    private func funnel(_ request: HTTPRequest) throws(Problem) -> (FunnelQuery, PersonBasis) {
        let fields = try Fields(body: request, known: ["steps", "window_ms", "from", "to", "by", "identities"])
        var steps: [EventFilter] = []
        for step in try fields.objects("steps", count: 1...Self.stepCountMax, known: ["name", "channel"]) {
            steps.append(EventFilter(name: try step.requiredName("name"), channel: try step.name("channel")))
        }
        let windowMs = try fields.requiredInteger("window_ms", in: 1...Self.windowMsMax)
        let by = try fields.optional("by", "must be \"channel\" or null") { $0 == "channel" ? true : nil }
        let range = try fields.range()
        let basis = try fields.basis()
        do throws(TimelineQueryError) {
            let query = try FunnelQuery(
                steps: steps, window: Milliseconds(Int64(windowMs)), range: range, isByChannel: by ?? false)
            return (query, basis)
        } catch {
            throw Problem(error)
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

extension FunnelResult {
    fileprivate func json(_ steps: [EventFilter], duration: Duration) -> JSON {
        let rows = steps.indices.map { index -> JSON in
            let before = people[max(0, index - 1)]
            return [
                "name": .text(steps[index].name?.text), "people": .count(people[index]),
                "rate_from_first": .rate(people[index], of: people[0]),
                "rate_from_previous": .rate(people[index], of: before),
            ]
        }
        let shares = byChannel.map { share -> JSON in
            ["channel": .string(share.channel.text), "people": .array(share.people.map { .count($0) })]
        }
        return [
            "steps": .array(rows), "by": .array(shares), "people": .count(peopleTotal),
            "duration_ms": .double(duration / .milliseconds(1)),
        ]
    }
}
