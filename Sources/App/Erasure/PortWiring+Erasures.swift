import API
import Base
import Domain
import Store

extension PortWiring {
    func erasures(_ control: ErasureControl, _ erasures: Erasures) -> ErasurePorts {
        ErasurePorts(
            erase: { person, actor throws(ReadFailure) in try await control.erase(person, by: actor) },
            page: { [store] before, person, countMax throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.erasures.page(
                        before: before, hash: person.map(erasures.hash), countMax: countMax)
                }
            })
    }
}
