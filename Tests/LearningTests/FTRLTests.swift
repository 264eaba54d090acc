import Base
import Learning
import Testing

private func row(_ features: [(String, Float)]) -> FeatureRows {
    var rows = FeatureRows()
    rows.beginRow()
    for (name, value) in features { rows.add(FeatureHash(name), value: value) }
    return rows
}

@Suite struct FTRLTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, alpha: Float, lambda1: Float, lambda2: Float
        let labels: [Bool], values: [Float], want: [Double]
        var testDescription: String { why }
    }

    /// Algorithm 1 of the paper in double precision, by a loop of six lines of NumPy.
    static let cases = [
        Case(
            why: "L2 alone", alpha: 0.1, lambda1: 0, lambda2: 1, labels: [true, true, true, true],
            values: [1, 1, 1, 1],
            want: [0.5, 0.5078118642792044, 0.5146381731957177, 0.5208428977464067]),
        Case(
            why: "L1 holds the weight at 0 at first", alpha: 0.1, lambda1: 0.6, lambda2: 1,
            labels: [true, true, true, true], values: [1, 1, 1, 1],
            want: [0.5, 0.5, 0.5055334813813364, 0.5118293369837388]),
        Case(
            why: "values scale the gradient", alpha: 0.2, lambda1: 0.1, lambda2: 0.5,
            labels: [true, false, true, true, false], values: [1, 2, -1, 0.5, 1],
            want: [0.5, 0.52497918747894, 0.5062796881867796, 0.49163820013624454, 0.4885972762435709]),
    ]

    @Test(arguments: cases)
    func followsThePaperStepByStep(_ c: Case) throws {
        var model = FTRL(
            options: try #require(FTRL.Options(bits: 4, alpha: c.alpha, lambda1: c.lambda1, lambda2: c.lambda2)))
        for (index, want) in c.want.enumerated() {
            let got = model.learn(row([("a", c.values[index])]), label: c.labels[index])
            #expect(abs(got - want) < 1e-6)
        }
    }

    /// A closed loop in small: a known truth, a seed, and a bound on how far the learner may stay from it.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func findsTheOddsOfAKnownWorld(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var model = FTRL(options: try #require(FTRL.Options(bits: 10, lambda2: 0.1)))
        let truth = [0.1, 0.5, 0.9]
        for _ in 0..<6000 {
            let arm = Int.random(in: 0..<3, using: &random)
            model.learn(row([("arm=\(arm)", 1)]), label: Double.random(in: 0..<1, using: &random) < truth[arm])
        }
        let reader = model.published()
        for arm in 0..<3 {
            let probability = LogisticModel.probability(logOdds: reader.logOdds(of: row([("arm=\(arm)", 1)]), row: 0))
            #expect(abs(probability - truth[arm]) < 0.05, "arm \(arm)")
        }
        #expect(reader.exampleCount == 6000)
    }

    @Test func manyCandidatesScoreAsOneByOne() {
        var model = FTRL()
        let shared = row([("person=7", 1), ("hour=9", 0.5)])
        var candidates = FeatureRows()
        for item in 0..<20 {
            candidates.beginRow()
            candidates.add(FeatureHash("item=\(item)"))
            model.learn(candidates, row: item, label: item.isMultiple(of: 3))
            model.learn(shared, label: item.isMultiple(of: 2))
        }
        let reader = model.published()
        let sharedOdds = reader.logOdds(of: shared, row: 0)
        for (item, got) in reader.logOdds(of: candidates, shared: sharedOdds).enumerated() {
            let whole = reader.logOdds(of: row([("item=\(item)", 1), ("person=7", 1), ("hour=9", 0.5)]), row: 0)
            #expect(abs(got - whole) < 1e-9)
        }
    }

    @Test func whatWasPublishedDoesNotChangeUnderItsReaders() {
        var model = FTRL()
        let before = model.published()
        model.learn(row([("a", 1)]), label: true)
        #expect(before.logOdds(of: row([("a", 1)]), row: 0) == 0)
        #expect(model.published().logOdds(of: row([("a", 1)]), row: 0) > 0)
    }

    @Test func hugeValuesAndBadImportancesLeaveNoNaN() {
        var model = FTRL()
        model.learn(row([("a", .greatestFiniteMagnitude)]), label: true)
        model.learn(row([("a", 1)]), label: true, importance: .nan)
        model.learn(row([("a", 1)]), label: true, importance: -1)
        #expect(model.published().logOdds(of: row([("a", 1)]), row: 0).isFinite)
    }

    @Test(arguments: [0, 27, -1])
    func optionsOutOfRangeDoNotExist(bits: Int) {
        #expect(FTRL.Options(bits: bits) == nil)
        #expect(FTRL.Options(bits: 4, alpha: .nan) == nil)
        #expect(FTRL.Options(bits: 4, lambda1: -1) == nil)
    }

    @Test func crossesKeepTheirOrder() {
        let (a, b) = (FeatureHash("a"), FeatureHash("b"))
        #expect(a.crossed(with: b) != b.crossed(with: a))
        #expect(a.crossed(with: b) != a)
        #expect(FeatureHash("channel=feed").bits == 0x2E7F_4580_819D_D179, "snapshots depend on it")
    }
}

@Suite struct FTRLSnapshotTests {
    private static func trained() throws -> FTRL {
        var model = FTRL(options: try #require(FTRL.Options(bits: 6, lambda1: 0.01)))
        for step in 0..<50 { model.learn(row([("f\(step % 9)", 1)]), label: step % 4 == 0) }
        return model
    }

    @Test func aSnapshotBringsBackTheLearner() throws {
        var model = try Self.trained()
        var again = try FTRL(snapshot: model.encoded())
        #expect(again == model)
        #expect(again.learn(row([("f1", 1)]), label: true) == model.learn(row([("f1", 1)]), label: true))
    }

    @Test func anyDamagedByteIsFound() throws {
        let bytes = try Self.trained().encoded()
        for offset in bytes.indices {
            var damaged = bytes
            damaged[offset] ^= 0x40
            #expect(throws: SnapshotError.self) { try FTRL(snapshot: damaged) }
        }
    }

    @Test(arguments: [0, 7, 30, 100])
    func aTornSnapshotIsRefused(byteCount: Int) throws {
        let bytes = Array(try Self.trained().encoded().prefix(byteCount))
        #expect(throws: SnapshotError.self) { try FTRL(snapshot: bytes) }
    }
}
