import Base
import Statistics
import Testing

@Suite struct DivisiaTests {
    /// Visitors × conversion × order value, 400 → 432: L = 32 / ln(432 / 400), times ln of each ratio.
    @Test func aWorkedExampleComesOut() throws {
        let parts = try #require(DivisiaDecomposition(before: [100, 0.05, 80], after: [120, 0.04, 90]))
        let want = [75.80835356796794, -92.78192624011491, 48.973572672146894]
        for (got, want) in zip(parts.contributions, want) { #expect(abs(got - want) < 1e-9) }
        #expect(parts.before == 400 && abs(parts.change - 32) < 1e-9)
    }

    /// Channels one by one, then added: (10 × 30, 6 × 5) → (12 × 33, 3 × 9).
    @Test func groupsAreSummedByFactor() throws {
        let parts = try #require(DivisiaDecomposition(groups: [([10, 30], [12, 33]), ([6, 5], [3, 9])]))
        let want = [43.30703458753699, 49.692965412462996]
        for (got, want) in zip(parts.contributions, want) { #expect(abs(got - want) < 1e-9) }
        #expect(parts.before == 330 && parts.after == 423)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, before: [Double], after: [Double], want: [Double]
        var testDescription: String { why }
    }

    static let zeros = [
        Case(why: "what begins brings all", before: [0, 2, 5], after: [3, 4, 5], want: [60, 0, 0]),
        Case(why: "what ends takes all", before: [3, 4, 5], after: [3, 0, 5], want: [0, -60, 0]),
        Case(why: "two that begin share alike", before: [0, 0, 5], after: [3, 4, 5], want: [30, 30, 0]),
        Case(why: "one begins as another ends", before: [0, 4], after: [3, 0], want: [0, 0]),
        Case(why: "0 in both", before: [0, 4, 2], after: [0, 8, 2], want: [0, 0, 0]),
        Case(why: "nothing changes", before: [3, 4], after: [3, 4], want: [0, 0]),
    ]

    @Test(arguments: zeros)
    func zerosAreTheLimit(_ c: Case) throws {
        let exact = try #require(DivisiaDecomposition(before: c.before, after: c.after))
        #expect(exact.contributions == c.want)
        let near = try #require(
            DivisiaDecomposition(before: c.before.map { max($0, 1e-100) }, after: c.after.map { max($0, 1e-100) }))
        for (got, want) in zip(near.contributions, c.want) { #expect(abs(got - want) < 0.5) }
    }

    @Test func contributionsAddUpAndTurnWithThePeriods() throws {
        var draws = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let size = Int.random(in: 1...6, using: &draws)
            func factors() -> [Double] {
                (0..<size).map { _ in
                    Int.random(in: 0..<5, using: &draws) == 0 ? 0 : Double.random(in: 0.001...1000, using: &draws)
                }
            }
            let (before, after) = (factors(), factors())
            let parts = try #require(DivisiaDecomposition(before: before, after: after))
            let scale = max(parts.before, parts.after, 1e-9)
            #expect(abs(parts.contributions.reduce(0, +) - parts.change) < 1e-10 * scale * Double(size))
            let back = try #require(DivisiaDecomposition(before: after, after: before))
            for (one, other) in zip(parts.contributions, back.contributions) {
                #expect(abs(one + other) < 1e-10 * max(abs(one), scale))
            }
        }
    }

    /// 7 × 3 → 10.5 × 2 and a last bit: the whole hardly changes, what the factors brought does.
    @Test func changesThatOffsetEachOtherAreToldApart() throws {
        let parts = try #require(DivisiaDecomposition(before: [7, 3], after: [10.5, (2.0).nextUp]))
        #expect(abs(parts.contributions[0] - 21 * 0.4054651081081644) < 1e-10)
        #expect(abs(parts.contributions.reduce(0, +) - parts.change) < 1e-13)
    }

    @Test func whatIsNoProductOfAmountsIsRefused() {
        #expect(DivisiaDecomposition(before: [], after: []) == nil)
        #expect(DivisiaDecomposition(before: [1], after: [1, 2]) == nil)
        #expect(DivisiaDecomposition(before: [-1], after: [1]) == nil)
        #expect(DivisiaDecomposition(before: [.nan], after: [1]) == nil)
    }
}
