import API
import Identities
import Journal
import Measure
import Timeline

extension Journal {
    /// Snapshots in which the ids of a person are one. A time is turned into a place of this journal.
    func persons(
        _ identity: IdentityState
    ) -> @Sendable (TimelineSnapshot, PersonBasis) throws(ReadFailure) -> TimelineSnapshot {
        let persons = PersonResolver(identity)
        return { snapshot, basis throws(ReadFailure) in
            switch basis {
            case .now: return persons.merged(snapshot)
            case .separate: return snapshot
            case .before(let time):
                do throws(JournalError) {
                    return persons.merged(snapshot, before: try self.sequence(at: time))
                } catch {
                    throw ReadFailure(reason: error.explanation)
                }
            }
        }
    }
}
