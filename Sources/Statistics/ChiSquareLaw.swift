/// The χ² law.
public enum ChiSquareLaw {
    /// P(X ≥ x) for X ~ χ² with so many degrees of freedom. Source: DLMF 8.2.4, as Q(degrees / 2, x / 2).
    ///
    /// - Precondition: `degrees > 0`.
    public static func upperTail(_ x: Double, degrees: Double) -> Double {
        precondition(degrees > 0, "degrees of freedom are positive")
        return GammaFunction.upperTail(a: degrees / 2, x: x / 2)
    }
}
