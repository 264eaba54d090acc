/// Student's t law.
public enum StudentLaw {
    /// P(T ≤ t) with `degrees` > 0 degrees of freedom, which need not be whole.
    ///
    /// Source: DLMF 8.17 with x = ν/(ν + t²); Abramowitz and Stegun 26.7.1.
    public static func cumulative(_ t: Double, degrees: Double) -> Double {
        let tail = IncompleteBeta.regularized(degrees / (degrees + t * t), a: degrees / 2, b: 0.5) / 2
        return t > 0 ? 1 - tail : tail
    }

    /// The t with P(T ≤ t) = `probability`.
    ///
    /// Source: the inverse incomplete beta; from 1000 degrees on, where that takes long and then loses digits, the
    /// expansion of Abramowitz and Stegun 26.7.5, whose next term is below 1e-12 there.
    /// - Precondition: `probability` in 0...1; `degrees` > 0.
    public static func quantile(_ probability: Double, degrees: Double) -> Double {
        precondition(degrees > 0, "degrees of freedom")
        if probability == 0.5 { return 0 }
        let tail = min(probability, 1 - probability)
        if tail == 0 { return probability < 0.5 ? -.infinity : .infinity }
        if degrees >= 1000 { return expansion(NormalLaw.quantile(probability), degrees: degrees) }
        let x = IncompleteBeta.quantile(2 * tail, a: degrees / 2, b: 0.5)
        let magnitude = (degrees * complement(of: x, tail: tail, degrees: degrees) / x).squareRoot()
        return probability < 0.5 ? -magnitude : magnitude
    }

    private static func expansion(_ z: Double, degrees: Double) -> Double {
        let square = z * z
        let first = z * (square + 1) / 4
        let second = z * ((5 * square + 16) * square + 3) / 96
        let third = z * (((3 * square + 19) * square + 17) * square - 15) / 384
        let fourth = z * ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92_160
        return z + (first + (second + (third + fourth / degrees) / degrees) / degrees) / degrees
    }

    /// 1 − x, found from the other side where x is so close to 1 that the difference would lose digits.
    private static func complement(of x: Double, tail: Double, degrees: Double) -> Double {
        x < 0.5 ? 1 - x : IncompleteBeta.quantile(1 - 2 * tail, a: 0.5, b: degrees / 2)
    }
}
