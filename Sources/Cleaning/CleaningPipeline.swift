public import Domain

/// The steps that are on, in their order: a pure function of the event, so that history can be read again at any time
/// as another pipeline sees it.
public struct CleaningPipeline: Sendable {
    /// What every event is read through before anyone sets anything: it changes none.
    public static let first = CleaningPipeline(CleaningSettings())

    static let asReceived: CleaningPipeline = {
        var settings = CleaningSettings()
        settings.clockSkew.isOn = false
        return CleaningPipeline(settings)
    }()

    public let settings: CleaningSettings
    private let steps: [(step: CleaningStep, apply: any ReadyStep)]

    /// - Parameter rates: What the step for units converts with.
    public init(_ settings: CleaningSettings, rates: RateTable = RateTable()) {
        self.settings = settings
        var ready: [any ReadyStep] = []
        if !settings.clockSkew.isOn { ready.append(SenderClock()) }
        if settings.timeBounds.isOn { ready.append(TimeBounds(settings.timeBounds)) }
        if settings.traffic.isOn { ready.append(TrafficRules(settings.traffic)) }
        if settings.text.isOn { ready.append(TextForm(settings.text)) }
        if settings.units.isOn { ready.append(UnitConversion(settings.units, rates)) }
        if settings.aliases.isOn { ready.append(Aliases(settings.aliases)) }
        steps = ready.map { (type(of: $0).step, $0) }
    }

    private init(_ settings: CleaningSettings, steps: [(step: CleaningStep, apply: any ReadyStep)]) {
        self.settings = settings
        self.steps = steps
    }

    /// The same steps with other rates; what does not depend on them is shared.
    func with(_ rates: RateTable) -> CleaningPipeline {
        let settings = settings
        return CleaningPipeline(
            settings, steps: steps.map { $0.step == .units ? (.units, UnitConversion(settings.units, rates)) : $0 })
    }

    /// Whether no event is changed.
    public var isIdentity: Bool { steps.isEmpty }

    /// - Complexity: No allocation for an event that no step has to do with.
    public func callAsFunction(_ event: Event) -> Cleaned {
        var cleaned = Cleaned(event: event)
        for (step, apply) in steps {
            switch apply(&cleaned.event) {
            case .untouched: break
            case .changed: cleaned.changed.insert(CleaningStep.Set(step))
            case .unresolved: cleaned.unresolved.insert(CleaningStep.Set(step))
            case .marked(let mark):
                cleaned.changed.insert(CleaningStep.Set(step))
                cleaned.mark = mark
            }
        }
        return cleaned
    }
}
