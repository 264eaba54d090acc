import API
import Base
import Domain
import Testing
import Timeline

@testable import App

struct AudienceLogTests {
    private func change(_ number: Int) -> AudienceChange {
        AudienceChange(
            person: PersonID(validated: "p\(number)"), hasEntered: true, time: EventTime(clampingUnixMs: 0))
    }

    @Test func changesAreToldOnceInTheirOrder() {
        var log = AudienceLog()
        log.append([change(0)])
        let start = log.changes(after: nil, countMax: 9)
        #expect(start.changes.isEmpty && !start.isBroken)
        log.append((1...5).map(change))
        let first = log.changes(after: start.next, countMax: 3)
        let second = log.changes(after: first.next, countMax: 3)
        #expect((first.changes + second.changes) == (1...5).map(change))
        #expect(log.changes(after: second.next, countMax: 3).changes.isEmpty)
        #expect(AudienceCursor(second.next.description) == second.next)
    }

    @Test func whatIsForgottenAndWhatIsOfAnotherLogIsSaid() {
        var log = AudienceLog()
        let start = log.changes(after: nil, countMax: 1).next
        log.append((0..<30_000).map(change))
        let found = log.changes(after: start, countMax: 1)
        #expect(found.isBroken && found.changes == [change(20_000)])
        #expect(!log.changes(after: found.next, countMax: 1).isBroken)
        #expect(AudienceLog().changes(after: found.next, countMax: 1).isBroken)
    }
}
