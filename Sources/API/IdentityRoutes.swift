import Base
import Collect
import Domain
import HTTPServer
import Identities

extension API {
    private static let reasonUTF8CountMax = 500
    private static let looksMax = 100

    func registerIdentity(on router: inout Router) {
        on(.get, "/api/v1/people/{id}/identity", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["as_of"])
            let end = try parameters.value("as_of", "must be a place in the journal, such as 42") { UInt64($0) }
            guard let person = PersonID(request.parameters["id"] ?? "") else {
                throw .parameter("id", "must be 1 to \(PersonID.utf8CountMax) bytes of plain text")
            }
            let identity = ports.identity
            return .json(
                try await query {
                    Self.json(identity.cluster(of: person, before: end), changes: identity.changes(of: person))
                })
        }
        for (verb, name) in [("separate", EventName.identitySeparated), ("rejoin", .identityRejoined)] {
            on(.post, "/api/v1/identity/\(verb)", .operate, &router) { request, caller throws(Problem) in
                try await judge(request, name, by: caller)
            }
        }
    }

    /// The operator's word is an event like any other: on disk, on the timeline, and taken back by its opposite.
    private func judge(_ request: HTTPRequest, _ name: EventName, by caller: Identity) async throws(Problem)
        -> HTTPResponse
    {
        let fields = try Fields(body: request, known: ["person", "other", "reason"])
        let person: PersonID = try fields.requiredName("person")
        let other: PersonID = try fields.requiredName("other")
        let reason = try fields.optional("reason", "must be at most \(Self.reasonUTF8CountMax) bytes of text") { json in
            json.stringValue.flatMap { $0.utf8.count <= Self.reasonUTF8CountMax ? $0 : nil }
        }
        let links = ports.identity.cluster(of: person).links
        guard let link = links.first(where: { Set([$0.anchor.id, $0.other.id]) == [person, other] }) else {
            throw .notFound("link between these two ids")
        }
        var properties = JSONObject()
        properties.append("by", .string(caller.actor))
        if let reason { properties.append("reason", .string(reason)) }
        let now = ports.now()
        let event = Event(
            id: .random(), source: .quanyu, person: link.anchor.id, identifiers: [link.anchor, link.other], name: name,
            channel: .unknown, time: now, receivedAt: now, properties: properties)
        do throws(CollectError) { try await ports.record(event) } catch { throw Problem(error) }
        await untilSeen()
        await ports.audit(
            AuditEntry(actor: caller.actor, action: .identityJudged, target: name.text, detail: properties))
        return .json(["id": .string(event.id.text)], status: 202)
    }

    /// Until queries see what is on disk now, or a moment has passed: then they will soon.
    private func untilSeen() async {
        let end = ports.health().journalSequence
        for _ in 0..<Self.looksMax where ports.health().timelineSequence < end {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func json(_ cluster: IdentityCluster, changes: [IdentityChange]) -> JSON {
        [
            "person": .string(cluster.person.text), "members": .array(cluster.members.map { .string($0.text) }),
            "links": .array(cluster.links.map(\.json)), "changes": .array(changes.map(\.json)),
        ]
    }
}

extension IdentityLink {
    fileprivate var json: JSON {
        [
            "anchor": anchor.json, "other": other.json, "explicit": .bool(isExplicit),
            "standing": .string(standing.rawValue), "events": .count(evidence.count),
            "first_sequence": .int(Int64(clamping: evidence.firstSequence)),
            "last_sequence": .int(Int64(clamping: evidence.lastSequence)),
            "first_time": .time(evidence.firstTime), "last_time": .time(evidence.lastTime),
        ]
    }
}

extension PersonIdentifier {
    fileprivate var json: JSON { ["kind": .string(kind.code), "id": .string(id.text)] }
}

extension IdentityChange {
    fileprivate var json: JSON {
        [
            "sequence": .int(Int64(clamping: sequence)), "time": .time(time),
            "joined": .array(joined.map { .string($0.text) }), "left": .array(left.map { .string($0.text) }),
        ]
    }
}
