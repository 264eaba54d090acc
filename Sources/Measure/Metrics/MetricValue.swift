public import Statistics
public import Timeline

/// What a metric comes to, of some people in some stretch of time.
public struct MetricValue: Sendable, Equatable {
    /// Why nothing can be said.
    public enum Gap: Sendable, Hashable {
        case parameterMissing(String)
        case nothingCounted([String])  // Events of which none came, by what they are called in formulas.
    }

    public let value: Double?
    public let interval: Interval?  // At 95%; nil for what is exact, and for too few people.
    public let top: Double?  // Above the line of a ratio.
    public let bottom: Double?
    public let gap: Gap?  // Where there is no value.
    public let cell: TallyResult.Cell

    init(
        _ definition: MetricDefinition, _ cell: TallyResult.Cell, parameters: [String: Double], days: Double
    ) {
        let expression = definition.expression
        let leaves = expression.leaves
        let world = MetricWorld(leaves: leaves, sums: cell.sums, parameters: parameters, days: days)
        self.cell = cell
        let missing = Self.missing(definition, leaves, cell)
        let found = missing.isEmpty ? expression.slope(in: world) : nil
        value = found?.value
        top = expression.fraction?.top.slope(in: world)?.value
        bottom = expression.fraction?.bottom.slope(in: world)?.value
        gap = found == nil ? Self.gap(expression, leaves, cell, parameters, missing) : nil
        guard definition.hasInterval, let found, expression.degree == 0 else {
            interval = nil
            return
        }
        interval = Self.share(expression, leaves, cell) ?? Self.interval(found, cell)
    }

    private static func gap(
        _ expression: MetricExpression, _ leaves: [MetricLeaf], _ cell: TallyResult.Cell,
        _ parameters: [String: Double], _ missing: [MetricLeaf]
    ) -> Gap {
        guard missing.isEmpty else { return .nothingCounted(missing.map(\.formula)) }
        if let name = expression.parameters.sorted().first(where: { parameters[$0] == nil }) {
            return .parameterMissing(name)
        }
        let uncounted = zip(leaves, cell.events).filter { $1 == 0 }.map(\.0)
        let below = uncounted.filter { expression.fraction?.bottom.leaves.contains($0) ?? false }
        return .nothingCounted((below.isEmpty ? uncounted : below).map(\.formula))
    }

    /// Numbers of events without which the metric says nothing, such as costs, that did not come.
    private static func missing(
        _ definition: MetricDefinition, _ leaves: [MetricLeaf], _ cell: TallyResult.Cell
    ) -> [MetricLeaf] {
        zip(leaves, cell.events).filter { leaf, events in
            events == 0 && leaf.of.contains { $0.name.map { definition.needs.contains($0) } ?? false }
        }.map(\.0)
    }

    /// Wilson's, where the value is a share of people.
    private static func share(
        _ expression: MetricExpression, _ leaves: [MetricLeaf], _ cell: TallyResult.Cell
    ) -> Interval? {
        guard let (part, whole) = expression.share, let one = leaves.firstIndex(of: part),
            let other = leaves.firstIndex(of: whole)
        else { return nil }
        return Proportion(positives: Int(cell.sums[one]), total: Int(cell.sums[other]))?.interval()
    }

    /// By the delta method over people: the value is a function of sums over them, and its slope tells what one person
    /// more or less moves. Of a ratio of two sums it is `RatioEstimate`'s.
    ///
    /// Source: Deng, Knoblich and Lu, "Applying the Delta Method in Metric Analytics", KDD 2018, section 3.
    private static func interval(_ found: MetricSlope, _ cell: TallyResult.Cell) -> Interval? {
        guard cell.people > 1, found.slope.contains(where: { $0 != 0 }) else { return nil }
        let count = found.slope.count
        var squares = 0.0
        for one in 0..<count {
            for other in 0..<count {
                squares += found.slope[one] * found.slope[other] * cell.products[one * count + other]
            }
        }
        let people = Double(cell.people)
        let error = (max(0, squares) * people / (people - 1)).squareRoot()
        let t = StudentLaw.quantile(0.975, degrees: people - 1)
        return Interval(center: found.value, margin: t * error, level: 0.95)
    }
}

/// What an expression is evaluated with.
struct MetricWorld {
    let leaves: [MetricLeaf]
    let sums: [Double]  // Shape `[leaves]`.
    let parameters: [String: Double]
    let days: Double
}

/// A value, and how it moves with each of the sums.
struct MetricSlope {
    let value: Double
    let slope: [Double]  // Shape `[leaves]`.
}

extension MetricExpression {
    /// Nil where something is divided by nothing, or a parameter is not given.
    func slope(in world: MetricWorld) -> MetricSlope? {
        let none = [Double](repeating: 0, count: world.leaves.count)
        switch self {
        case .number(let number): return MetricSlope(value: number, slope: none)
        case .parameter(let name): return world.parameters[name].map { MetricSlope(value: $0, slope: none) }
        case .days: return MetricSlope(value: world.days, slope: none)
        case .leaf(let leaf):
            guard let place = world.leaves.firstIndex(of: leaf) else { return nil }
            var slope = none
            slope[place] = 1
            return MetricSlope(value: world.sums[place], slope: slope)
        case .ratio(let top, let bottom):
            guard let a = top.slope(in: world), let b = bottom.slope(in: world), b.value != 0 else { return nil }
            let value = a.value / b.value
            return MetricSlope(value: value, slope: zip(a.slope, b.slope).map { ($0 - value * $1) / b.value })
        case .times(let one, let other):
            guard let a = one.slope(in: world), let b = other.slope(in: world) else { return nil }
            return MetricSlope(
                value: a.value * b.value, slope: zip(a.slope, b.slope).map { $0 * b.value + a.value * $1 })
        case .minus(let one, let other):
            guard let a = one.slope(in: world), let b = other.slope(in: world) else { return nil }
            return MetricSlope(value: a.value - b.value, slope: zip(a.slope, b.slope).map { $0 - $1 })
        }
    }
}
