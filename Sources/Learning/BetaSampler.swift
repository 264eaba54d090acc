private import Glibc

/// Draws from the beta and gamma laws: exact up to rounding, no tables.
public enum BetaSampler {
    /// X ~ Beta(a, b) as G(a) / (G(a) + G(b)). Source: Devroye, "Non-Uniform Random Variate Generation", IX.3.4.
    ///
    /// - Precondition: `a` > 0, `b` > 0. For both far below 0.01 the ratio may round to 0 or 1.
    public static func beta(a: Double, b: Double, using generator: inout some RandomNumberGenerator) -> Double {
        let first = gamma(shape: a, using: &generator)
        let second = gamma(shape: b, using: &generator)
        let sum = first + second
        return sum > 0 ? first / sum : (Bool.random(using: &generator) ? 1 : 0)
    }

    /// X ~ Gamma(shape, 1).
    ///
    /// Source: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26(3), 2000; for shapes
    /// below 1 their section 6: G(a) = G(a + 1) · U^(1/a).
    public static func gamma(shape: Double, using generator: inout some RandomNumberGenerator) -> Double {
        precondition(shape > 0, "a positive shape")
        if shape < 1 {
            let lift = pow(1 - Double.random(in: 0..<1, using: &generator), 1 / shape)
            return gamma(shape: shape + 1, using: &generator) * lift
        }
        let d = shape - 1.0 / 3  // The paper's d and c.
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal(using: &generator)
            let root = 1 + c * x
            if root <= 0 { continue }
            let v = root * root * root
            let u = 1 - Double.random(in: 0..<1, using: &generator)
            if log(u) < 0.5 * x * x + d * (1 - v + log(v)) { return d * v }
        }
    }

    /// Standard normal. Source: Marsaglia and Bray, "A Convenient Method for Generating Normal Variables", SIAM Review
    /// 6(3), 1964 (the polar method; its second value is not kept).
    static func normal(using generator: inout some RandomNumberGenerator) -> Double {
        while true {
            let x = Double.random(in: -1..<1, using: &generator)
            let y = Double.random(in: -1..<1, using: &generator)
            let square = x * x + y * y
            if square > 0 && square < 1 { return x * (-2 * log(square) / square).squareRoot() }
        }
    }
}
