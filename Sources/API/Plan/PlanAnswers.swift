import Base
import Domain
import Quality

// How the tracking plan and what was seen are written.

extension API {
    static func head(_ draft: PlanDraft, _ inForce: PlanVersion?) -> JSONObject {
        var object = JSONObject()
        object.append("revision", .int(draft.revision))
        object.append("changed_at", .time(draft.changedAt))
        object.append("changed_by", .string(draft.changedBy))
        object.append("unplanned_mode", .string(draft.plan.unplannedMode.rawValue))
        object.append("in_force", inForce.map { .object($0.head) } ?? .null)
        object.append("unplanned_mode_in_force", .text(inForce?.plan.unplannedMode.rawValue))
        object.append("has_changes", .bool(draft.plan != inForce?.plan ?? .empty))
        return object
    }

    /// One event of the list, summed over its sources.
    static func row(
        _ name: EventName, _ draft: TrackingPlan, _ frozen: TrackingPlan?, _ seen: [SeenSeries]
    ) -> JSON {
        let (planned, inForce) = (draft[name], frozen?[name])
        let state =
            switch (planned, inForce) {
            case (nil, nil): "seen"
            case (_?, nil): "proposed"
            case (nil, _?): "removed"
            case (let one?, let other?): one == other ? "frozen" : "changed"
            }
        let days = (0..<(seen.first?.days.count ?? 0)).map { day in seen.map { $0.days[day] } }
        let today = days.last ?? []
        let shown = planned ?? inForce
        return [
            "name": .string(name.text), "state": .string(state), "meaning": .string(shown?.meaning ?? ""),
            "owner": .string(shown?.owner ?? ""), "mode": .text(planned?.mode.rawValue),
            "mode_in_force": .text(inForce?.mode.rawValue), "fields": .count(shown?.fields.count ?? 0),
            "sources": .array(seen.map { .string($0.key.source.text) }),
            "count": .count(seen.reduce(0) { $0 + $1.count }), "last_at": .time(seen.compactMap(\.lastAt).max()),
            "accepted_24h": .count(today.reduce(0) { $0 + $1.accepted }),
            "violating_24h": .count(today.reduce(0) { $0 + $1.violating }),
            "refused_24h": .count(today.reduce(0) { $0 + $1.refused }),
            "days": .array(days.map { .count($0.reduce(0) { $0 + $1.accepted }) }),
        ]
    }
}

extension PlanVersion {
    /// Without the plan itself.
    var head: JSONObject {
        var object = JSONObject()
        object.append("version", .int(version))
        object.append("frozen_at", .time(frozenAt))
        object.append("frozen_by", .string(frozenBy))
        object.append("note", .string(note))
        object.append("events", .count(plan.events.count))
        return object
    }
}

extension SeenSeries {
    var json: JSON {
        [
            "source": .string(key.source.text), "count": .count(count), "first_at": .time(firstAt),
            "last_at": .time(lastAt), "left_out": .count(leftOutCount),
            "days": .array(
                days.map { day in
                    [
                        "accepted": .count(day.accepted), "violating": .count(day.violating),
                        "refused": .count(day.refused),
                    ]
                }),
        ]
    }
}

extension SeenField {
    var json: JSON {
        let kinds = kinds.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        return [
            "path": .string(path.text), "count": .count(count), "around": .count(aroundCount),
            "kinds": .array(kinds.map { ["kind": .string($0.key.word), "count": .count($0.value)] }),
            "values": values.map { .array($0.map { ["value": $0.value, "count": .count($0.count)] }) } ?? .null,
            "minimum": .number(minimum), "maximum": .number(maximum), "personal_form": .text(form?.rawValue),
            "example": .string(example),
        ]
    }
}

extension SeenViolation {
    var json: JSON {
        [
            "event": .string(key.series.event.text), "source": .string(key.series.source.text),
            "field": .string(key.field), "kind": .string(key.kind.rawValue), "observed": .count(observed),
            "quarantined": .count(quarantined), "rejected": .count(rejected),
            "samples": .array(
                samples.map { sample in
                    [
                        "time": .time(sample.time), "event_id": .text(sample.event?.text),
                        "person": .text(sample.person?.text),
                        "quarantine_id": sample.quarantineID.map { .int($0) } ?? .null,
                    ]
                }),
        ]
    }
}

extension PlanDifference {
    var json: JSON {
        [
            "unplanned_mode": unplannedMode.map {
                ["from": .string($0.from.rawValue), "to": .string($0.to.rawValue)]
            } ?? .null,
            "events": .array(
                events.map { event in
                    [
                        "name": .string(event.name.text), "change": .string(event.change.rawValue),
                        "aspects": .array(event.aspects.map { .string($0) }),
                        "fields": .array(
                            event.fields.map { field in
                                [
                                    "path": .string(field.path.text), "change": .string(field.change.rawValue),
                                    "aspects": .array(field.aspects.map { .string($0) }),
                                ]
                            }),
                    ]
                }),
        ]
    }
}
