import Base
import Domain
import Timeline

extension MetricExpression {
    /// In signs and names of events: `sum(order_paid.value) ÷ people(order_paid)`.
    public var formula: String {
        switch self {
        case .number(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
        case .parameter(let name): name
        case .days: "days"
        case .leaf(let leaf): leaf.formula
        case .ratio(let top, let bottom): "\(top.operand) ÷ \(bottom.operand)"
        case .times(let one, let other): "\(one.operand) × \(other.operand)"
        case .minus(let one, let other): "\(one.operand) − \(other.operand)"
        }
    }

    private var operand: String {
        switch self {
        case .number, .parameter, .days, .leaf: formula
        case .ratio, .times, .minus: "(\(formula))"
        }
    }
}

extension MetricLeaf {
    /// Such as `people(order_paid after room_enter within 24 h)`.
    public var formula: String {
        var words = [of.formula]
        switch measure {
        case .sum(.money): words[0] += ".value"
        case .sum(.property(let name)): words[0] += ".\(name.text)"
        case .people(let eventCountMin) where eventCountMin > 1: words.append("at least \(eventCountMin)")
        case .seconds(let gapMax, _): words.append("gaps up to \(gapMax.formula)")
        case .events, .orders, .people, .subjects: break
        }
        if isOncePerSubject, measure != .orders { words.append("once per subject") }
        if isFirst { words.append("first of all time") }
        if let after { words.append("after \(after.formula)") }
        if let without { words.append("without \(without.formula) before") }
        if let unlessFollowed { words.append("unless followed by \(unlessFollowed.formula)") }
        if countsWithAfter { words.append("at its time") }
        return "\(measure.name)(\(words.joined(separator: " ")))"
    }
}

extension TallyQuery.Relation {
    fileprivate var formula: String {
        var words = [of.formula]
        if choice == .first { words.insert("the first", at: 0) }
        if isOfSameSubject { words.append("of the same subject") }
        if let within { words.append("within \(within.formula)") }
        if gap.count > 0 { words.append("by at least \(gap.formula)") }
        if !unless.isEmpty { words.append("unless \(unless.formula) since") }
        return words.joined(separator: " ")
    }
}

extension Milliseconds {
    fileprivate var formula: String {
        for (unit, length) in [("d", Milliseconds.days(1)), ("h", .hours(1)), ("min", .minutes(1)), ("s", .seconds(1))]
        where count > 0 && count % length.count == 0 {
            return "\(count / length.count) \(unit)"
        }
        return "\(count) ms"
    }
}

extension [EventFilter] {
    fileprivate var formula: String { map(\.formula).joined(separator: " or ") }
}

extension EventFilter {
    fileprivate var formula: String {
        var text = name?.text ?? "any event"
        if let channel { text += " in \(channel.text)" }
        if let subjectKind { text += " of a \(subjectKind.rawValue)" }
        for condition in conditions {
            guard case .isOneOf(let values) = condition.test else { continue }
            text += " with \(condition.property.text) \(values.sorted().joined(separator: " or "))"
        }
        return text
    }
}
