public import Domain

/// The steps in the order in which every event meets them. The raw value is how they are named and stored.
public enum CleaningStep: String, Sendable, CaseIterable {
    case clockSkew = "clock_skew"
    case timeBounds = "time_bounds"
    case traffic
    case text
    case units
    case aliases

    /// The same steps as one small value.
    public struct Set: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public init(_ step: CleaningStep) { rawValue = 1 << step.place }

        public func contains(_ step: CleaningStep) -> Bool { contains(Set(step)) }
    }

    private var place: UInt8 {
        switch self {
        case .clockSkew: 0
        case .timeBounds: 1
        case .traffic: 2
        case .text: 3
        case .units: 4
        case .aliases: 5
        }
    }
}

/// Whose events do not count, since no customer made them.
public enum TrafficMark: String, Sendable, CaseIterable {
    case bot
    case own

    /// The property that carries it.
    public static let propertyName = "traffic"
}

/// An event after cleaning, and what was done to it.
public struct Cleaned: Sendable, Equatable {
    public var event: Event
    public var changed = CleaningStep.Set()  // The steps that changed something.
    public var unresolved = CleaningStep.Set()  // The steps that lacked something to do their work, such as a rate.
    public var mark: TrafficMark?  // Left out of numbers and of learning where there is one.

    public init(event: consuming Event) { self.event = event }
}

/// One step, set and ready. It costs next to nothing for an event that it has nothing to do with.
protocol ReadyStep: Sendable {
    static var step: CleaningStep { get }

    /// Changes the event where the step applies. Once more changes nothing more.
    func callAsFunction(_ event: inout Event) -> StepOutcome
}

enum StepOutcome: Equatable {
    case untouched
    case changed
    case marked(TrafficMark)
    case unresolved
}
