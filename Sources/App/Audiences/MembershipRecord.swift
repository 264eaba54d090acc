import API
import Base
import Domain
import Store
import Synchronization
import Timeline

/// Writes who comes into audiences and leaves them into the journal, each change once.
///
/// Who was in an audience when it was first kept up is in the control database, and who came and left since in the
/// journal: what was told is made of both at a start, and only what differs from it is told anew.
final class MembershipRecord: Sendable {
    private static let batchCountMax = 1000

    private struct Waiting: Sendable {
        var bases: [AudienceBase] = []
        var events: [Event] = []
        var number = 0  // Of the next event since the start.
    }

    private let store: AudienceStore
    private let append: @Sendable ([Event]) async throws(RecordFailure) -> Void
    private let marked: @Sendable () -> TimelineSnapshot  // Where such events are; each id by itself.
    private let log: Log
    private let start = String(UInt64.random(in: .min ... .max), radix: 36)  // Tells the ids of events from others.
    private let bases: Mutex<[PlainName: AudienceBase]>  // Of audiences that nobody looked at since the start.
    private let waiting = Mutex(Waiting())

    struct RecordFailure: Error {
        let reason: String
    }

    init(
        store: AudienceStore, append: @escaping @Sendable ([Event]) async throws(RecordFailure) -> Void,
        marked: @escaping @Sendable () -> TimelineSnapshot, log: Log
    ) async throws(DatabaseError) {
        self.store = store
        self.append = append
        self.marked = marked
        self.log = log
        var bases: [PlainName: AudienceBase] = [:]
        for base in try await store.bases() { bases[base.name] = base }
        self.bases = Mutex(bases)
    }

    /// Who was in an audience as far as was told before the start; nil where it was not kept up then.
    ///
    /// Of somebody whose ids were joined since, what was told last of any of them holds.
    ///
    /// - Parameter snapshot: With the ids of a person as one.
    /// - Complexity: O(events that no number counts), at the first call of each audience.
    func told(_ name: PlainName, in snapshot: TimelineSnapshot) -> Set<PersonID>? {
        guard let base = bases.withLock({ $0.removeValue(forKey: name) }) else { return nil }
        var people = Set(base.people.map { snapshot.person(standingFor: $0) })
        let subject = Subject(kind: .audience, id: name.text)
        for one in marked().entries(named: [.audienceEntered, .audienceLeft])
        where one.entry.channel == AudienceMembership.channel && one.entry.subject == subject
            && one.entry.sequence >= base.sequenceEnd
        {
            let person = snapshot.person(standingFor: one.person)
            if one.entry.name == .audienceEntered { people.insert(person) } else { people.remove(person) }
        }
        return people
    }

    /// An audience is kept up from now on.
    func begin(_ base: AudienceBase) { waiting.withLock { $0.bases.append(base) } }

    func add(_ changes: [AudienceChange], to saved: SavedAudience) {
        guard !changes.isEmpty else { return }
        waiting.withLock { waiting in
            for change in changes {
                let membership = AudienceMembership(
                    audience: saved.name, person: change.person, hasEntered: change.hasEntered)
                let id = EventID(validated: "audience-\(start)-\(waiting.number)")
                waiting.number += 1
                waiting.events.append(membership.event(id: id, version: saved.version, at: change.time))
            }
        }
    }

    func forget(_ name: PlainName) {
        bases.withLock { $0[name] = nil }
        waiting.withLock { waiting in waiting.bases.removeAll { $0.name == name } }
    }

    /// Writes what waits; what cannot be written waits on, under its ids, so that nothing is written twice.
    func write() async {
        while let base = waiting.withLock({ $0.bases.first }) {
            do throws(DatabaseError) { _ = try await store.save(base) } catch {
                return log.error("an audience's first people cannot be kept", ("reason", .string(error.explanation)))
            }
            waiting.withLock { waiting in waiting.bases.removeAll { $0 == base } }
        }
        while true {
            let events = waiting.withLock { Array($0.events.prefix(Self.batchCountMax)) }
            if events.isEmpty { return }
            do throws(RecordFailure) { try await append(events) } catch {
                return log.error("changes of audiences cannot be written", ("reason", .string(error.reason)))
            }
            waiting.withLock { $0.events.removeFirst(events.count) }
        }
    }
}
