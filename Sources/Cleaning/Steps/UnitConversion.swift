import Base
import Domain

/// Properties in the units that are declared, and amounts in the currency of reports. All arithmetic is exact.
struct UnitConversion: ReadyStep {
    static let step = CleaningStep.units
    static let originalName = "value_original"

    private let settings: UnitSettings
    private let sources: Set<String>  // The properties that rules read.
    private let rates: RateTable

    init(_ settings: UnitSettings, _ rates: RateTable) {
        self.settings = settings
        self.rates = rates
        sources = Set(settings.rules.map(\.from))
    }

    func callAsFunction(_ event: inout Event) -> StepOutcome {
        let properties = convertProperties(of: &event)
        let value = convertValue(of: &event)
        if properties == .changed || value == .changed { return .changed }
        return properties == .unresolved || value == .unresolved ? .unresolved : .untouched
    }

    /// A property that is there already is the sender's word and stays.
    private func convertProperties(of event: inout Event) -> StepOutcome {
        guard event.properties.members.contains(where: { sources.contains($0.name) }) else { return .untouched }
        var outcome = StepOutcome.untouched
        for rule in settings.rules {
            guard let given = event.properties[rule.from], event.properties[rule.to] == nil else { continue }
            if let converted = Self.converted(given, by: rule.factor) {
                event.properties.append(rule.to, converted)
                outcome = .changed
            } else if outcome == .untouched {
                outcome = .unresolved
            }
        }
        return outcome
    }

    private static func converted(_ given: JSON, by factor: ExactDecimal) -> JSON? {
        let number: ExactDecimal? =
            switch given {
            case .int(let whole): ExactDecimal(whole)
            case .double(let value): ExactDecimal(value)
            case .string(let text): ExactDecimal(text)
            case .null, .bool, .array, .object: nil
            }
        return number?.multiplied(by: factor)?.json
    }

    private func convertValue(of event: inout Event) -> StepOutcome {
        guard let reporting = settings.reportingCurrency, let value = event.value, value.currency != reporting else {
            return .untouched
        }
        let day = DayZone.utc.day(of: event.time)
        guard let rate = rates.rate(from: value.currency, to: reporting, on: day),
            let converted = value.converted(to: reporting, rate: rate)
        else { return .unresolved }
        event.properties[Self.originalName] = [
            "minor": .int(value.minor), "currency": .string(value.currency.code),
        ]
        event.value = converted
        return .changed
    }
}
