public import Domain

/// What a property of an event has to be.
public struct PropertyCondition: Sendable, Hashable {
    public enum Test: Sendable, Hashable {
        case isOneOf(Set<String>)
        case isNoneOf(Set<String>)  // Met too where the event has no text of that name.
        case contains(String)  // Letter for letter.
        case startsWith(String)
        case isWithin(ClosedRange<Double>)
        case isFlag(Bool)
        case isPresent  // As a text, a number or a flag.
        case isAbsent
    }

    public let property: PropertyName
    public let test: Test

    public init(_ property: PropertyName, _ test: Test) {
        self.property = property
        self.test = test
    }
}
