import API
import Base
import Domain
import Synchronization
import Timeline

/// Saved audiences in memory, brought up to now whenever they are looked at.
final class AudienceShelf: Sendable {
    fileprivate struct Kept {
        var saved: SavedAudience
        var roster: AudienceRoster
        var changes: [AudienceChange] = []
    }

    private let kept = Mutex<[PlainName: Kept]>([:])

    func ports(_ snapshot: @escaping @Sendable () -> TimelineSnapshot, _ now: @escaping @Sendable () -> EventTime)
        -> AudiencePorts
    {
        AudiencePorts(
            kept: {
                self.lookAgain(snapshot(), now())
                return self.kept.withLock { $0.values.map { $0.audience(now()) } }.sorted {
                    $0.saved.name < $1.saved.name
                }
            },
            save: { expression, document, title, name, author, time in
                self.kept.withLock { kept in
                    let saved = SavedAudience(
                        name: name, title: title, expression: document, version: (kept[name]?.saved.version ?? 0) + 1,
                        author: author, savedAt: time)
                    kept[name] = Kept(saved: saved, roster: AudienceRoster(expression))
                    return KeptAudience(saved: saved, expression: expression, count: nil, countedAt: nil)
                }
            },
            remove: { name in self.kept.withLock { $0.removeValue(forKey: name) != nil } },
            changes: { name, after, countMax in
                self.lookAgain(snapshot(), now())
                return self.kept.withLock { kept in
                    kept[name].map { one in
                        let found = one.changes.dropFirst(after?.number ?? one.changes.count).prefix(countMax)
                        let end = (after?.number ?? one.changes.count) + found.count
                        return AudienceChanges(
                            changes: Array(found), next: AudienceCursor(log: 1, number: end),
                            isBroken: after.map { $0.log != 1 } ?? false)
                    }
                }
            })
    }

    private func lookAgain(_ snapshot: TimelineSnapshot, _ now: EventTime) {
        kept.withLock { kept in
            for name in kept.keys {
                let people = snapshot.people(countMax: 1000).people.map(\.person)
                let changes = try? kept[name]?.roster.update(to: snapshot, newEventsOf: people, at: now)
                kept[name]?.changes += changes ?? []
            }
        }
    }
}

extension AudienceShelf.Kept {
    fileprivate func audience(_ now: EventTime) -> KeptAudience {
        KeptAudience(saved: saved, expression: roster.expression, count: roster.count, countedAt: now)
    }
}
