import Base
import Domain

/// Marks or moves what happened too long before it came in, or after that.
struct TimeBounds: ReadyStep {
    static let step = CleaningStep.timeBounds
    static let propertyName = "timing"

    private let pastMax: Milliseconds
    private let aheadMax: Milliseconds
    private let action: TimeBoundsSettings.Action

    init(_ settings: TimeBoundsSettings) {
        pastMax = .days(Int64(settings.pastDaysMax))
        aheadMax = .minutes(Int64(settings.aheadMinutesMax))
        action = settings.action
    }

    func callAsFunction(_ event: inout Event) -> StepOutcome {
        let age = event.receivedAt.since(event.time)
        if age > pastMax {
            return apply(to: &event, bound: event.receivedAt.advanced(by: Milliseconds(-pastMax.count)), "late")
        }
        if -age.count > aheadMax.count {
            return apply(to: &event, bound: event.receivedAt.advanced(by: aheadMax), "ahead")
        }
        return .untouched
    }

    private func apply(to event: inout Event, bound: EventTime, _ word: String) -> StepOutcome {
        switch action {
        case .clamp: event.time = bound
        case .mark:
            guard event.properties[Self.propertyName] != .string(word) else { return .untouched }
            event.properties[Self.propertyName] = .string(word)
        }
        return .changed
    }
}
