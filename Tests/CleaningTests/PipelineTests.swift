import Base
import Domain
import Testing

@testable import Cleaning

@Suite struct CleaningPipelineTests {
    private static let seeds: Range<UInt64> = 0..<200

    @Test(arguments: seeds) func whatIsSetByDefaultChangesNoEvent(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let event = CleaningSamples.random(&random)
        #expect(CleaningPipeline.first.isIdentity)
        #expect(CleaningPipeline.first(event) == Cleaned(event: event))
    }

    @Test(arguments: CleaningStep.allCases) func eachStepOnceMoreChangesNothingMore(step: CleaningStep) throws {
        let pipeline = CleaningPipeline(try Self.only(step), rates: CleaningSamples.rates)
        var changedCount = 0
        for seed in Self.seeds {
            var random = SeededGenerator(seed: seed)
            let once = pipeline(CleaningSamples.random(&random))
            let twice = pipeline(once.event)
            #expect(Self.bytes(twice.event) == Self.bytes(once.event), "\(seed)")
            if once.changed.contains(step) { changedCount += 1 }
            #expect(once.changed.isSubset(of: CleaningStep.Set(step)))
        }
        #expect(changedCount > 10, "the step has hardly been tried")
    }

    @Test(arguments: CleaningStep.allCases) func aStepThatIsOffLeavesTheEventAsReceived(step: CleaningStep) throws {
        var settings = try CleaningSamples.everything()
        settings.turn(step, isOn: step == .clockSkew)  // On, the corrected time of the journal stays.
        let pipeline = CleaningPipeline(settings, rates: CleaningSamples.rates)
        for seed in Self.seeds {
            var random = SeededGenerator(seed: seed)
            #expect(!pipeline(CleaningSamples.random(&random)).changed.contains(step))
        }
    }

    @Test func stepsWorkInTheirDeclaredOrder() throws {
        var settings = try CleaningSamples.everything()
        settings.aliases.channels = [.init(from: "AB", to: "douyin_late")]
        let event = CleaningSamples.event(
            channel: "ＡＢ", age: .minutes(1), correction: .days(3), value: Money(minor: 100, currency: .usd))
        let cleaned = CleaningPipeline(settings, rates: CleaningSamples.rates)(event)
        // The sender's clock makes it too late for the bounds, which move it past no rate; its channel is known to the
        // aliases once its letters are narrow.
        #expect(cleaned.event.time == CleaningSamples.receivedAt.advanced(by: .days(-2)))
        #expect(cleaned.event.channel.text == "douyin-late")
        #expect(cleaned.event.value == Money(minor: 712, currency: .cny))
        #expect(
            CleaningStep.allCases.map(\.rawValue) == [
                "clock_skew", "time_bounds", "traffic", "text", "units", "aliases",
            ])
    }

    @Test func whoItHappenedToIsNeverChanged() throws {
        let pipeline = CleaningPipeline(try CleaningSamples.everything(), rates: CleaningSamples.rates)
        let ids = [PersonIdentifier(.login, PersonID(validated: "ＡＢＣ"))]
        let event = CleaningSamples.event(name: "ＡＢＣ", person: "ＡＢＣ", ids: ids)
        let cleaned = pipeline(event).event
        #expect(cleaned.name.text == "ABC")
        #expect(Array(cleaned.person.text.utf8) == Array("ＡＢＣ".utf8))
        #expect(cleaned.identifiers == ids)
    }

    private static func only(_ step: CleaningStep) throws -> CleaningSettings {
        var settings = try CleaningSamples.everything()
        for other in CleaningStep.allCases where other != step { settings.turn(other, isOn: other == .clockSkew) }
        return settings
    }

    /// Texts that compare equal in Swift may have different bytes.
    private static func bytes(_ event: Event) -> [UInt8] { EventCodec.encode(event) }
}

extension CleaningSettings {
    fileprivate mutating func turn(_ step: CleaningStep, isOn: Bool) {
        switch step {
        case .clockSkew: clockSkew.isOn = isOn
        case .timeBounds: timeBounds.isOn = isOn
        case .traffic: traffic.isOn = isOn
        case .text: text.isOn = isOn
        case .units: units.isOn = isOn
        case .aliases: aliases.isOn = isOn
        }
    }
}

@Suite struct CleaningHistoryTests {
    private static let pipelines: [Int64: CleaningPipeline] = {
        var clamped = CleaningSettings()
        clamped.timeBounds.isOn = true
        clamped.timeBounds.pastDaysMax = 1
        return [0: .first, 1: CleaningPipeline(clamped)]
    }()

    private static func history(_ spans: [(UInt64, Int64)]) -> CleaningHistory? {
        CleaningHistory(
            spans: spans.map { CleaningSpan(sequenceStart: $0.0, version: $0.1) }, pipelines: pipelines)
    }

    @Test func aRecordIsReadByTheVersionOfItsSpan() throws {
        let history = try #require(Self.history([(0, 0), (10, 1), (20, 0)]))
        let late = CleaningSamples.event(age: .days(3))
        let isChanged = [0, 9, 10, 19, 20, 400].map { !history(late, sequence: $0).changed.isEmpty }
        #expect(isChanged == [false, false, true, true, false, false])
        #expect(history.newest.version == 0)
    }

    @Test func spansThatDoNotCoverTheJournalAreNoHistory() {
        #expect(Self.history([]) == nil)
        #expect(Self.history([(1, 0)]) == nil)
        #expect(Self.history([(0, 0), (5, 7)]) == nil)
        #expect(Self.history([(0, 0), (5, 1), (5, 0)]) == nil)
    }

    @Test func theBasisTellsHistoriesApartAsFarAsTheyHaveBeenRead() throws {
        let first = CleaningHistory.first
        let later = try #require(Self.history([(0, 0), (10, 1)]))
        let all = try #require(Self.history([(0, 1)]))
        #expect(first.basis(before: 1000) == 0)
        #expect(later.basis(before: 10) == 0, "nothing before it was read otherwise")
        #expect(Set([first, later, all].map { $0.basis(before: 11) }).count == 3)
        let again = try #require(Self.history([(0, 0), (10, 1), (12, 1)]))
        #expect(again.basis(before: 20) == later.basis(before: 20), "the same version once more is no other reading")
    }
}
