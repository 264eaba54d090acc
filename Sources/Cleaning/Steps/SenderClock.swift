import Base
import Domain

/// The correction of the clock, switched off: the time that the sender said.
struct SenderClock: ReadyStep {
    static let step = CleaningStep.clockSkew

    func callAsFunction(_ event: inout Event) -> StepOutcome {
        guard event.clockCorrection.count != 0 else { return .untouched }
        (event.time, event.clockCorrection) = (event.timeOfSender, Milliseconds(0))
        return .changed
    }
}
