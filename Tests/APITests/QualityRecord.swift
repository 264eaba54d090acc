import API
import Base
import Domain
import Quality
import Synchronization

/// The rules and alarms in memory, with the behaviour that their ports promise.
final class QualityRecord: Sendable {
    private let rules = Mutex<[EventName: QualityRule]>([:])
    private let alarms = Mutex<[QualityAlarm]>([])

    func raise(_ alarm: QualityAlarm) { alarms.withLock { $0.append(alarm) } }

    func ports(_ quality: QualityState, _ plan: PlanRecord) -> QualityPorts {
        QualityPorts(
            report: { now in
                quality.report(
                    at: now, rules: self.rules.withLock { $0 }, sources: { _ in SourceDays(days: [(1, 20)]) },
                    plan: plan.enforced)
            },
            rules: { self.rules.withLock { $0 } },
            setRule: { rule, event in self.rules.withLock { $0[event] = rule } },
            alarms: { isOpen, before, countMax in
                self.alarms.withLock { alarms in
                    let found = alarms.reversed().filter { $0.id < before ?? .max && (!isOpen || $0.clearedAt == nil) }
                    return Array(found.prefix(countMax))
                }
            },
            acknowledge: { id, actor in
                self.alarms.withLock { alarms in
                    guard let place = alarms.firstIndex(where: { $0.id == id }) else { return nil }
                    let alarm = alarms[place]
                    alarms[place] = QualityAlarm(
                        id: id, key: alarm.key, value: alarm.value, bound: alarm.bound, raisedAt: alarm.raisedAt,
                        clearedAt: alarm.clearedAt, acknowledgedAt: alarm.raisedAt, acknowledgedBy: actor)
                    return alarms[place]
                }
            })
    }
}
