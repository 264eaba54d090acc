import Base
import Cleaning
import Domain

// How cleaning is written in answers.

extension CleaningVersion {
    /// With all settings, also those that stand as they do by default.
    var json: JSON {
        let settings = try? CleaningSettings(json: steps)
        return [
            "number": .int(number), "steps": settings?.json ?? steps, "author": .string(author),
            "created_at": number == Self.first ? .null : .time(createdAt), "note": .string(note),
        ]
    }
}

extension CleaningRerun {
    func json(_ progress: CleaningProgress?) -> JSON {
        [
            "version": .int(version), "state": .string(state.rawValue), "author": .string(author),
            "started_at": .time(startedAt), "ended_at": .time(endedAt),
            "sequence": progress.map { .int(Int64(clamping: $0.sequence)) } ?? .null,
            "sequence_end": progress.map { .int(Int64(clamping: $0.sequenceEnd)) } ?? .null,
        ]
    }
}

extension CleaningComparison {
    /// What the steps that hold now did.
    ///
    /// - Parameter since: From when on events were looked for.
    func activity(since: EventTime) -> JSON {
        [
            "since": .time(since), "events": .count(eventCount), "first_received_at": .time(firstReceivedAt),
            "last_received_at": .time(lastReceivedAt), "now": before.json,
        ]
    }

    var preview: JSON {
        [
            "events": .count(eventCount), "different": .count(differentCount),
            "first_received_at": .time(firstReceivedAt), "last_received_at": .time(lastReceivedAt),
            "before": before.json, "after": after.json, "pairs": .array(pairs.map(\.json)),
        ]
    }
}

extension CleaningComparison.Side {
    fileprivate var json: JSON {
        [
            "steps": .array(
                CleaningStep.allCases.map { step in
                    let count = steps[step] ?? Step()
                    return [
                        "step": .string(step.rawValue), "changed": .count(count.changed),
                        "unresolved": .count(count.unresolved),
                    ]
                }),
            "bot": .count(marked[.bot] ?? 0), "own": .count(marked[.own] ?? 0), "counted": .count(counted),
            "people": .count(people.count), "orders": .count(orders),
            "gmv": .array(
                gmvMinor.sorted { $0.key.code < $1.key.code }.map {
                    ["minor": .int($0.value), "currency": .string($0.key.code)]
                }),
        ]
    }
}

extension CleaningComparison.Pair {
    fileprivate var json: JSON {
        [
            "sequence": .int(Int64(clamping: sequence)), "before": before.json, "after": after.json,
        ]
    }
}

extension Cleaned {
    fileprivate var json: JSON {
        [
            "event": .object(event.json),
            "changed": .array(CleaningStep.allCases.filter { changed.contains($0) }.map { .string($0.rawValue) }),
            "unresolved": .array(
                CleaningStep.allCases.filter { unresolved.contains($0) }.map { .string($0.rawValue) }),
        ]
    }
}
