import Statistics
import Testing

/// Expected numbers: SciPy 1.17.1, by the call that each suite names.
private func isClose(_ got: Double, _ want: Double, relative: Double = 1e-12) -> Bool {
    abs(got - want) <= relative * max(abs(want), 1e-300)
}

@Suite struct LawTests {
    /// `scipy.stats.norm.ppf(p)`
    @Test(arguments: [
        (1e-300, -37.0470962993612), (1e-10, -6.361340902404056), (0.025, -1.9599639845400545),
        (0.3, -0.5244005127080409), (0.9, 1.2815515655446004), (0.975, 1.959963984540054),
    ])
    func normalQuantilesAgreeWithSciPy(probability: Double, want: Double) {
        #expect(isClose(NormalLaw.quantile(probability), want, relative: 1e-14))
        #expect(isClose(NormalLaw.cumulative(want), probability, relative: 1e-11))
    }

    @Test func theEndsOfTheNormalLawAreInfinite() {
        #expect(NormalLaw.quantile(0) == -.infinity)
        #expect(NormalLaw.quantile(1) == .infinity)
        #expect(NormalLaw.quantile(0.5) == 0)
    }

    /// `scipy.stats.t.ppf(p, df)`
    @Test(
        arguments: [
            (0.975, 1, 12.706204736174694), (0.975, 2, 4.302652729749462), (0.975, 4.5, 2.6589123472044034),
            (0.975, 30, 2.0422724563012378), (0.995, 9, 3.249835541592126), (0.6, 3, 0.2766706623326898),
            (0.025, 12, -2.1788128296672293), (0.9999, 5, 9.677566300882814), (0.975, 1e4, 1.960201239890626),
            (0.975, 1e6, 1.959966356814107), (1e-10, 7, -53.83557948467374), (0.975, 999.5, 1.9623402703838457),
            (0.975, 1000, 1.9623390808264083), (0.99999, 1000, 4.285437682653988), (1e-10, 1000, -6.427876283134213),
            (0.6, 2000, 0.2533808068206651), (0.975, 1500.5, 1.961546226062664),
        ] as [(Double, Double, Double)])
    func studentQuantilesAgreeWithSciPy(probability: Double, degrees: Double, want: Double) {
        #expect(isClose(StudentLaw.quantile(probability, degrees: degrees), want, relative: 1e-9))
        #expect(isClose(StudentLaw.cumulative(want, degrees: degrees), probability, relative: 1e-8))
    }

    /// `scipy.special.betainc(a, b, x)`
    @Test(
        arguments: [
            (2, 3, 0.4, 0.5247999999999999), (0.5, 0.5, 0.1, 0.20483276469913345), (10, 1, 0.9, 0.34867844010000004),
            (1e3, 2e3, 0.33, 0.3506326761341843), (47, 1e4, 0.004, 0.15879259735215395),
            (0.1, 0.2, 1e-5, 0.21660384226709245), (1, 1, 0.7, 0.7),
        ] as [(Double, Double, Double, Double)])
    func incompleteBetaAgreesWithSciPy(a: Double, b: Double, x: Double, want: Double) {
        #expect(isClose(IncompleteBeta.regularized(x, a: a, b: b), want, relative: 1e-10))
        #expect(IncompleteBeta.regularized(0, a: a, b: b) == 0)
        #expect(IncompleteBeta.regularized(1, a: a, b: b) == 1)
    }

    /// `scipy.special.betaincinv(a, b, p)`
    @Test(
        arguments: [
            (2, 3, 0.4, 0.3291665033784079), (0.5, 0.5, 0.1, 0.024471741852423214), (10, 1, 0.9, 0.9895192582062144),
            (1e3, 2e3, 0.33, 0.32951715740468795), (0.1, 0.2, 1e-5, 4.3988747541943444e-49),
            (0.05, 3, 0.2, 2.4117740837691153e-15),
        ] as [(Double, Double, Double, Double)])
    func theInverseAgreesWithSciPy(a: Double, b: Double, probability: Double, want: Double) {
        #expect(isClose(IncompleteBeta.quantile(probability, a: a, b: b), want, relative: 1e-9))
    }
}
