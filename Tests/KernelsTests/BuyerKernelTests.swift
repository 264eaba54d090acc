import Base
import Testing

@testable import Kernels

@Suite struct BuyerKernelTests {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func agreesWithTheDefinition(seed: UInt64) {
        let momentCount = [40, 700, 100_000][Int(seed % 3)] as Int64
        let c = RandomColumns(seed: seed, momentCount: momentCount)
        let masks = RandomMasks.of(c, filterCount: seed % 2 == 0 ? 2 : 4)
        let timesMs = momentCount / 5..<momentCount * 4 / 5
        let currency = UInt8(1 + seed % 2)
        var figures = [BuyerFigures](repeating: BuyerFigures(), count: c.people.count)
        var span = figures.mutableSpan
        let skipped = [seed % 3 == 0 ? 0b1001 : 0] as [UInt64]
        let leftOut = buyerFigures(
            people: c.people, skipped: skipped.span, offsets: c.offsets.span, times: c.times.span, masks: masks.span,
            extras: c.extras.span, minors: c.minors.span, currencies: c.currencies.span, currency: currency,
            timesMs: timesMs, into: &span)
        var otherCount = 0
        for person in c.people {
            let isSkipped = skipped[0] >> UInt64(person) & 1 != 0
            let events = isSkipped ? [] : c.events(of: person).filter { timesMs.contains(c.times[$0]) }
            let orders = events.filter { masks[$0] & 1 != 0 }
            let refunds = events.filter { masks[$0] & 2 != 0 }
            let isCounted = { (event: Int) in c.currencies[Int(c.extras[event])] == currency }
            otherCount += orders.count { !isCounted($0) }
            let value = { (events: [Int]) in events.filter(isCounted).reduce(0) { $0 + c.minors[Int(c.extras[$1])] } }
            #expect(figures[person].orders == orders.count(where: isCounted))
            #expect(figures[person].lastMs == orders.last(where: isCounted).map { c.times[$0] } ?? 0)
            #expect(figures[person].minor == value(orders) - value(refunds))
        }
        #expect(leftOut == otherCount)
    }

    @Test func sumsThatDoNotFitStayAtTheLargestNumber() {
        var figures = [BuyerFigures()]
        var span = figures.mutableSpan
        _ = buyerFigures(
            people: 0..<1, skipped: Span(), offsets: ([0, 3] as [UInt32]).span, times: ([1, 2, 3] as [Int64]).span,
            masks: ([1, 1, 2] as [UInt32]).span, extras: ([1, 1, 2] as [UInt32]).span,
            minors: ([0, .max, .min] as [Int64]).span, currencies: ([0, 1, 1] as [UInt8]).span, currency: 1,
            timesMs: 0..<9, into: &span)
        #expect(figures[0].minor == .max && figures[0].orders == 2)
    }
}
