import Base
import Domain
import HTTPServer

extension API {
    func registerErasures(on router: inout Router) {
        on(.delete, "/api/v1/people/{id}", .administer, &router) { request, caller throws(Problem) in
            let person = try Self.person(request)
            let erasure: Erasure
            do throws(ReadFailure) { erasure = try await ports.erasures.erase(person, caller.actor) } catch {
                throw Problem(error)
            }
            var detail = JSONObject()
            detail.append("ids", .count(erasure.record.hashes.count))
            await ports.audit(
                AuditEntry(actor: caller.actor, action: .personErased, target: erasure.name, detail: detail))
            return .json(erasure.json, status: 202)
        }
        on(.get, "/api/v1/people/erasures", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["person", "limit", "cursor"])
            let limit = try parameters.limit(default: 50, max: 200)
            let before = try parameters.value("cursor", "must be `next` of the page before") { UInt64($0) }
            let person = try parameters.value("person", "must be 1 to \(PersonID.utf8CountMax) bytes of plain text") {
                PersonID($0)
            }
            let found: [Erasure]
            do throws(ReadFailure) { found = try await ports.erasures.page(before, person, limit + 1) } catch {
                throw Problem(error)
            }
            let page = Page(found, countMax: limit)
            return .json([
                "erasures": .array(page.elements.map(\.json)),
                "next": .text(page.hasMore ? page.elements.last.map { String($0.sequence) } : nil),
            ])
        }
    }
}

extension Erasure {
    fileprivate var name: String { "e\(sequence)" }

    fileprivate var json: JSON {
        [
            "id": .string(name), "asked_at": .time(record.askedAt), "asked_by": .string(record.actor),
            "id_hashes": .array(record.hashes.map { .string($0.hex) }), "state": .string(state.rawValue),
            "done_at": .time(proof?.checkedAt),
            "events": proof.map { .count($0.eventCount) } ?? .null,
            "found": proof.map(\.json) ?? .null,
        ]
    }
}

extension ErasureProof {
    fileprivate var json: JSON {
        ["journal": .count(journalRecordCount), "memory": .count(memoryCount), "snapshots": .count(snapshotCount)]
    }
}
