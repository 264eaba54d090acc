import Base
import Domain

@testable import Timeline

/// Random expressions over the events of `RandomEvents`.
struct RandomAudience {
    var random: SeededGenerator
    var usesLastDays = true

    mutating func expression(depth: Int = 3) -> AudienceExpression {
        switch depth == 0 ? 3 : Int.random(in: 0..<9, using: &random) {
        case 0: return .all((0..<Int.random(in: 1...3, using: &random)).map { _ in expression(depth: depth - 1) })
        case 1: return .any((0..<Int.random(in: 1...3, using: &random)).map { _ in expression(depth: depth - 1) })
        case 2: return .not(expression(depth: depth - 1))
        case 3, 4:
            let least = Int.random(in: 0...4, using: &random)
            let most = Bool.random(using: &random) ? Int.max : least + 2
            return .did(.init(event: filter(), counts: least...most, span: span()))
        case 5:
            let steps = (0..<Int.random(in: 1...3, using: &random)).map { _ in filter() }
            return .sequence(
                .init(steps: steps, window: Milliseconds(random.next() % 2 == 0 ? 400 : 4000), span: span()))
        case 7: return stage()
        case 6: return .aggregate(.init(measure: measure(), event: filter(), bounds: 1...9e14, span: span()))
        default:
            let city = PropertyName(validated: "city")
            let tests: [PropertyCondition.Test] = [.isOneOf(["city 1", "city 3"]), .isPresent, .isAbsent]
            return .property(
                .init(
                    condition: PropertyCondition(city, tests[Int(random.next() % 3)]),
                    occasion: random.next() % 2 == 0 ? .latest : .ever, event: filter(), span: span()))
        }
    }

    private mutating func stage() -> AudienceExpression {
        func condition() -> StageModel.Condition {
            StageModel.Condition(
                filters: [filter(), filter()], least: Int64.random(in: 1...3, using: &random), sumOf: nil,
                withinDays: random.next() % 2 == 0 ? nil : 1)
        }
        let stages = (0..<3).map { number in
            StageModel.Stage(
                id: "\(number)",
                rules: [
                    .init([condition()]), .init((0..<Int.random(in: 1...3, using: &random)).map { _ in condition() }),
                ])
        }
        guard let model = try? StageModel(stages: stages) else { return .any([]) }
        let at = random.next() % 3 == 0 ? EventTime(clampingUnixMs: 1_002_000) : nil
        return .stage(.init(model: model, states: [Int(random.next() % 4), 2], at: at, zone: .utc))
    }

    private mutating func filter() -> EventFilter {
        let names = RandomEvents.names
        return EventFilter(
            name: random.next() % 5 == 0 ? nil : names[Int(random.next() % UInt64(names.count))],
            channel: random.next() % 4 == 0 ? RandomEvents.channels[Int(random.next() % 3)] : nil)
    }

    private mutating func measure() -> AudienceExpression.Aggregate.Measure {
        let price = SegmentationQuery.Value.property(PropertyName(validated: "price"))
        switch random.next() % 7 {
        case 0: return .sum(.money(.cny))
        case 1: return .mean(price)
        case 2: return .max(price)
        case 3: return .min(price)
        case 4: return .distinct(.channel)
        case 5: return .distinct(.subject)
        default: return .distinct(.property(PropertyName(validated: "city")))
        }
    }

    private mutating func span() -> AudienceSpan {
        switch random.next() % 3 {
        case 0: .always
        case 1: .between(EventTime(clampingUnixMs: 1_001_000)..<EventTime(clampingUnixMs: 1_004_000))
        default: usesLastDays ? .last(Milliseconds(2000)) : .always
        }
    }
}
