import Base
import Statistics
import Timeline

/// Sums over journeys of what each rule that looks at one journey alone gives each key.
struct DividedCredits {
    /// What one model gives one key.
    struct Cell {
        var net = 0.0  // Conversions that were not taken back.
        var refunded = 0.0
        var squares = 0.0  // Over people, of what they add to `net + refunded`.
        var products = 0.0  // Over people, of that and their conversions.
    }

    let keyCount: Int
    let currencyCount: Int
    private(set) var cells: [Cell]  // Shape [TouchDivision.models][keys].
    private(set) var netMinor: [Double]  // Shape [models][keys][currencies].
    private(set) var refundedMinor: [Double]
    private var people = 0  // With a conversion that touches led to.
    private var conversions = 0
    private var conversionSquares = 0

    /// - Complexity: O(touches · models + people · keys they met · models) time.
    init(_ set: JourneySet, settings: AttributionSettings, within budget: QueryBudget? = nil) {
        keyCount = set.keys.count
        currencyCount = set.currencies.count
        let cellCount = TouchDivision.models.count * keyCount
        cells = [Cell](repeating: Cell(), count: cellCount)
        netMinor = [Double](repeating: 0, count: cellCount * currencyCount)
        refundedMinor = netMinor
        let division = TouchDivision(halfLifeMs: Double(settings.halfLife.count))
        var person = PersonCredits(cellCount: cellCount)
        var weights = [Double](repeating: 0, count: set.journeys.map(\.touchCount).max() ?? 0)
        var next = 0
        for journey in set.journeys {
            if journey.person != person.number {
                guard budget?.allowsMore() ?? true else { return }
                close(&person)
                person.number = journey.person
            }
            let touches = set.touches[next..<next + journey.touchCount]
            next += journey.touchCount
            guard let conversion = journey.conversion, !touches.isEmpty else { continue }
            person.conversions += 1
            for touch in touches { person.keys |= 1 << UInt64(touch.key) }
            for (m, model) in TouchDivision.models.enumerated() {
                division.divide(touches, by: model, into: &weights)
                for (i, touch) in touches.enumerated() where weights[i] != 0 {
                    let cell = m * keyCount + Int(touch.key)
                    person.credits[cell] += weights[i]
                    add(conversion, weights[i], to: cell)
                }
            }
        }
        close(&person)
    }

    private mutating func add(_ conversion: JourneySet.Conversion, _ weight: Double, to cell: Int) {
        if conversion.isRefunded { cells[cell].refunded += weight } else { cells[cell].net += weight }
        guard let currency = conversion.currency else { return }
        netMinor[cell * currencyCount + currency] += weight * Double(conversion.minor - conversion.refundedMinor)
        refundedMinor[cell * currencyCount + currency] += weight * Double(conversion.refundedMinor)
    }

    /// Moves one person's credits into the moments.
    private mutating func close(_ person: inout PersonCredits) {
        guard person.conversions > 0 else { return }
        people += 1
        conversions += person.conversions
        conversionSquares += person.conversions * person.conversions
        while person.keys != 0 {
            let key = person.keys.trailingZeroBitCount
            person.keys &= person.keys &- 1
            for m in TouchDivision.models.indices {
                let cell = m * keyCount + key
                let credit = person.credits[cell]
                person.credits[cell] = 0
                cells[cell].squares += credit * credit
                cells[cell].products += credit * Double(person.conversions)
            }
        }
        person.conversions = 0
    }

    /// Of a key's share in the credit by a model: a ratio of sums over people, each with all their conversions, so that
    /// those of one person may depend on each other. Where one key has all or nothing, Wilson's over people.
    func interval(_ cell: Int) -> Interval? {
        guard people > 0 else { return nil }
        let credit = cells[cell].net + cells[cell].refunded
        let hasAll = credit >= Double(conversions) * (1 - 1e-12)
        guard credit > 0, !hasAll else {
            return Proportion(positives: hasAll ? people : 0, total: people)?.interval()
        }
        let estimate = RatioEstimate(
            count: people, tops: credit, bottoms: Double(conversions), topSquares: cells[cell].squares,
            bottomSquares: Double(conversionSquares), products: cells[cell].products)
        return estimate.interval().map { Interval(low: max(0, $0.low), high: min(1, $0.high), level: $0.level) }
    }
}

/// What the conversions of one person gave, by cell.
private struct PersonCredits {
    var number = -1
    var conversions = 0
    var keys: UInt64 = 0
    var credits: [Double]

    init(cellCount: Int) { credits = [Double](repeating: 0, count: cellCount) }
}
