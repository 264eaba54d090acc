import Base
import Domain
import Testing

@testable import Cleaning

@Suite struct CleaningComparisonTests {
    private func compared(_ events: [Event], _ settings: CleaningSettings) -> CleaningComparison {
        let pipeline = CleaningPipeline(settings, rates: CleaningSamples.rates)
        var comparison = CleaningComparison()
        for (sequence, event) in events.enumerated() {
            comparison.add(
                sequence: UInt64(sequence), received: event.receivedAt, before: CleaningPipeline.first(event),
                after: pipeline(event))
        }
        return comparison
    }

    @Test func bothSidesAreCountedAlike() throws {
        var settings = CleaningSettings()
        settings.units.isOn = true
        settings.units.reportingCurrency = .cny
        settings.traffic.isOn = true
        settings.traffic.ownPeople = [PersonID(validated: "boss")]
        let value = Money(minor: 100, currency: .usd)
        let comparison = compared(
            [
                CleaningSamples.event(name: "order_paid", value: value),
                CleaningSamples.event(name: "order_paid", person: "boss", value: value), CleaningSamples.event(),
            ], settings)
        #expect(comparison.eventCount == 3 && comparison.differentCount == 2)
        #expect(comparison.before.orders == 2 && comparison.before.gmvMinor == [.usd: 200])
        #expect(comparison.after.orders == 1 && comparison.after.gmvMinor == [.cny: 712])
        #expect(comparison.after.counted == 2 && comparison.after.marked == [.own: 1])
        #expect(comparison.after.people == [PersonID(validated: "ana")])
        #expect(comparison.after.steps[.units]?.changed == 2)
    }

    @Test func whatOneStepDoesToAllLeavesRoomForTheOthers() throws {
        let wide = (0..<100).map { _ in CleaningSamples.event(name: "ＡＢＣ") }
        let alias = (0..<100).map { _ in CleaningSamples.event(channel: "tiktok") }
        let comparison = compared(wide + alias, try CleaningSamples.everything())
        #expect(comparison.differentCount == 200)
        #expect(comparison.pairs.count { $0.after.changed.contains(.text) } == 20)
        #expect(comparison.pairs.count { $0.after.changed.contains(.aliases) } == 20)
    }

    @Test func theFormOfATextIsADifferenceThoughTheTextsCompareEqual() {
        var settings = CleaningSettings()
        settings.text.isOn = true
        #expect(compared([CleaningSamples.event(name: "Cafe\u{301}")], settings).differentCount == 1)
        #expect(compared([CleaningSamples.event(name: "Café")], settings).differentCount == 0)
    }
}
