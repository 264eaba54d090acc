import Base
import Testing

@testable import Kernels

@Suite struct PurchaseKernelTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 77)
        let c = RandomColumns(seed: seed, momentCount: [40, 700, 100_000][Int(seed % 3)])
        let masks = c.times.map { _ in UInt32.random(in: 0..<4, using: &random) }
        let unitMs = Int64.random(in: 1...50, using: &random)
        let endMs = Int64.random(in: 0...100_000, using: &random)
        let skipped: [UInt64] = [seed % 2 == 0 ? 0b1010 : 0]
        var tallies = [PurchaseTally](repeating: PurchaseTally(), count: c.people.count)
        var span = tallies.mutableSpan
        purchaseTallies(
            currency: 1, unitMs: unitMs, endMs: endMs, people: c.people, skipped: skipped.span, offsets: c.offsets.span,
            times: c.times.span, masks: masks.span, extras: c.extras.span, minors: c.minors.span,
            currencies: c.currencies.span, into: &span)
        for person in c.people {
            let bought = c.events(of: person).filter {
                masks[$0] & 1 != 0 && c.currencies[Int(c.extras[$0])] == 1 && c.times[$0] <= endMs
            }
            let isSkipped = person < 4 && skipped[0] >> UInt64(person) & 1 != 0
            guard let first = bought.first, !isSkipped else {
                #expect(tallies[person] == PurchaseTally())
                continue
            }
            let later = bought.map {
                (unit: (c.times[$0] - c.times[first]) / unitMs, minor: c.minors[Int(c.extras[$0])])
            }
            .filter { $0.unit > 0 }
            #expect(tallies[person].firstMs == c.times[first])
            #expect(Int(tallies[person].repeats) == Set(later.map(\.unit)).count)
            #expect(Int64(tallies[person].lastUnit) == later.last?.unit ?? 0)
            #expect(tallies[person].repeatMinor == later.reduce(0) { $0 + $1.minor })
        }
    }
}
