import API
import Base
import Dispatch
import Domain
import Store
import Synchronization
import Timeline

/// Keeps who is in each saved audience: looks several times a second at those whose membership may have changed. All of
/// it is in memory, and made of the timeline at each start.
final class AudienceKeeper: Sendable {
    private static let pause = Duration.milliseconds(150)

    private struct Kept: Sendable {
        let saved: SavedAudience
        var expression: AudienceExpression
        var count: Int?
        var countedAt: EventTime?
        var log = AudienceLog()

        var audience: KeptAudience {
            KeptAudience(saved: saved, expression: expression, count: count, countedAt: countedAt)
        }
    }

    private struct Roster: Sendable {
        var saved: SavedAudience
        var roster: AudienceRoster

        /// Whether it is the same audience, which may have been changed since.
        func isOf(_ other: SavedAudience) -> Bool { saved == other || saved.version < other.version }
    }

    private struct ModelMark: Equatable {
        let id: PlainName
        let origin: KeptStageModel.Origin
        let version: Int64
    }

    private let store: AudienceStore
    private let stageModels: @Sendable () -> [KeptStageModel]
    private let modelMarks: Mutex<[ModelMark]>  // Of the models that the expressions are read with.
    private let read: @Sendable (JSON) -> AudienceExpression?
    private let newPeople: NewEventPeople
    private let snapshot: @Sendable () throws(ReadFailure) -> TimelineSnapshot  // With the ids of a person as one.
    private let isErased: @Sendable (PersonID) -> Bool
    private let now: @Sendable () -> EventTime
    private let log: Log
    private let kept: Mutex<[PlainName: Kept]>
    private let rosters = Mutex<[PlainName: Roster]>([:])
    private let memberships: MembershipRecord
    private let isReady: @Sendable () -> Bool
    private let work = DispatchQueue(label: "audiences")

    /// - Parameters:
    ///   - currency: Of values that an audience asks for without one.
    ///   - zone: By whose clocks the days of stages are counted.
    ///   - isReady: Whether the timelines hold all that was in the journal at the start.
    init(
        store: AudienceStore, currency: Currency, zone: DayZone,
        stageModels: @escaping @Sendable () -> [KeptStageModel], memberships: MembershipRecord,
        isReady: @escaping @Sendable () -> Bool, newPeople: NewEventPeople,
        snapshot: @escaping @Sendable () throws(ReadFailure) -> TimelineSnapshot,
        isErased: @escaping @Sendable (PersonID) -> Bool, now: @escaping @Sendable () -> EventTime, log: Log
    ) async throws(DatabaseError) {
        self.store = store
        self.memberships = memberships
        self.isReady = isReady
        self.newPeople = newPeople
        self.snapshot = snapshot
        self.isErased = isErased
        self.now = now
        self.log = log
        self.stageModels = stageModels
        modelMarks = Mutex(Self.marks(stageModels()))
        read = { document in
            AudienceExpression(saved: document, currency: currency, zone: zone, stageModels: stageModels)
        }
        var kept: [PlainName: Kept] = [:]
        for saved in try await store.list() {
            guard let expression = read(saved.expression) else {
                log.error("a saved audience cannot be read", ("name", .string(saved.name.text)))
                continue
            }
            kept[saved.name] = Kept(saved: saved, expression: expression)
        }
        if !kept.isEmpty { newPeople.begin() }
        self.kept = Mutex(kept)
    }

    /// Keeps them until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                work.async {
                    if self.isReady() { self.lookAgain() }
                    done.resume()
                }
            }
            await memberships.write()
            try? await Task.sleep(for: Self.pause)
        }
    }

    private static func marks(_ models: [KeptStageModel]) -> [ModelMark] {
        models.map { ModelMark(id: $0.id, origin: $0.origin, version: $0.version) }
    }

    /// What names stages of a model means another one once the model is changed.
    private func followModels() {
        let marks = Self.marks(stageModels())
        guard modelMarks.withLock({ $0 != marks }) else { return }
        modelMarks.withLock { $0 = marks }
        let naming = kept.withLock { $0.values.filter { !$0.expression.stageModelNames.isEmpty }.map(\.saved) }
        for saved in naming {
            guard let expression = read(saved.expression) else {
                log.error("a saved audience cannot be read", ("name", .string(saved.name.text)))
                continue
            }
            kept.withLock { kept in
                if kept[saved.name]?.saved.version == saved.version { kept[saved.name]?.expression = expression }
            }
        }
    }

    /// Brings all of them up to now.
    func lookAgain() {
        followModels()
        let wanted = kept.withLock { $0 }
        rosters.withLock { rosters in
            rosters = rosters.filter { one in wanted[one.key].map { one.value.isOf($0.saved) } ?? false }
            let people = newPeople.take()  // Before the snapshot: that has their events.
            guard !wanted.isEmpty else { return }
            do {
                let snapshot = try snapshot()
                for (name, kept) in wanted {
                    try update(name, kept, &rosters, snapshot, people)
                }
            } catch {
                log.error("audiences cannot be brought up to now", ("reason", .string("\(error)")))
            }
        }
    }

    private func update(
        _ name: PlainName, _ wanted: Kept, _ rosters: inout [PlainName: Roster], _ snapshot: TimelineSnapshot,
        _ people: Set<PersonID>
    ) throws {
        let known = rosters.removeValue(forKey: name)
        let told = known == nil ? memberships.told(name, in: snapshot) : nil
        var roster = known?.roster ?? AudienceRoster(wanted.expression, told: told ?? [])
        roster.change(to: wanted.expression)
        let moment = now()
        // Of who is erased, nothing is told.
        let changes = try roster.update(to: snapshot, newEventsOf: people, at: moment)
            .filter { $0.hasEntered || !isErased($0.person) }
        let count = roster.count
        rosters[name] = Roster(saved: wanted.saved, roster: roster)
        let isNew = known == nil && told == nil  // Who is found first was in it before.
        if isNew {
            memberships.begin(
                AudienceBase(name: name, sequenceEnd: snapshot.sequenceEnd, people: roster.people(in: snapshot)))
        } else {
            memberships.add(changes, to: wanted.saved)
        }
        kept.withLock { kept in
            guard kept[name]?.saved.version == wanted.saved.version else { return }
            kept[name]?.count = count
            kept[name]?.countedAt = moment
            kept[name]?.log.forget(isErased)
            if !isNew { kept[name]?.log.append(changes) }
        }
    }

    var ports: AudiencePorts {
        AudiencePorts(
            kept: { self.kept.withLock { $0.values.map(\.audience) }.sorted { $0.saved.name < $1.saved.name } },
            save: { expression, document, title, name, author, time throws(ReadFailure) in
                try await self.save(expression, document, title, name, author, time)
            },
            remove: { name throws(ReadFailure) in try await self.remove(name) },
            changes: { name, after, countMax in
                self.kept.withLock { $0[name]?.log.changes(after: after, countMax: countMax) }
            })
    }

    private func save(
        _ expression: AudienceExpression, _ document: JSON, _ title: String, _ name: PlainName, _ author: String,
        _ time: EventTime
    ) async throws(ReadFailure) -> KeptAudience {
        let saved: SavedAudience
        do throws(DatabaseError) {
            saved = try await store.save(document, title: title, as: name, author: author, at: time)
        } catch {
            throw ReadFailure(reason: error.explanation)
        }
        return kept.withLock { kept in
            newPeople.begin()
            let one = Kept(saved: saved, expression: expression)
            if kept[name]?.saved.version ?? 0 < saved.version { kept[name] = one }
            return one.audience
        }
    }

    private func remove(_ name: PlainName) async throws(ReadFailure) -> Bool {
        do throws(DatabaseError) {
            guard try await store.remove(name) else { return false }
        } catch {
            throw ReadFailure(reason: error.explanation)
        }
        memberships.forget(name)
        kept.withLock { kept in
            kept[name] = nil
            if kept.isEmpty { newPeople.end() }
        }
        return true
    }
}
