internal import Base
internal import Domain
internal import Timeline

/// When a person does things, by the clock of a zone.
public struct ActiveTimes: Sendable, Equatable {
    public let hours: [Int]  // Events by hour, 0 to 23.
    public let weekdays: [Int]  // From Monday to Sunday.
    public let evidence: Evidence  // Of the fullest hour.

    public var total: Int { hours.reduce(0, +) }

    /// The hour in which most was done, the earliest of several; nil where nothing was.
    public var peakHour: Int? { total > 0 ? hours.firstIndex(of: hours.max() ?? 0) : nil }

    /// - Parameter entries: Newest first; those that the person did themselves count.
    init(_ entries: [TimelineEntry], zone: DayZone) {
        let own = entries.filter(\.name.isOwnAct)
        var (hours, weekdays) = ([Int](repeating: 0, count: 24), [Int](repeating: 0, count: 7))
        for entry in own {
            hours[zone.hour(of: entry.time)] += 1
            weekdays[zone.day(of: entry.time).weekday - 1] += 1
        }
        self.hours = hours
        self.weekdays = weekdays
        let peak = hours.max().flatMap { $0 > 0 ? hours.firstIndex(of: $0) : nil }
        evidence = Evidence(own.filter { zone.hour(of: $0.time) == peak })
    }
}
