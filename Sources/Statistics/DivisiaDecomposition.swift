private import Glibc

/// How much of the change of a product of factors each factor brought: additive LMDI-I.
///
/// A factor's contribution is L(V₁, V₀) · ln(f₁ / f₀), with the logarithmic mean L(x, y) = (x − y) / ln(x / y). They
/// add up to V₁ − V₀, none is left over, and swapping the periods changes their signs alone. A factor that was or
/// becomes 0 has the contribution to which the formula tends: it brought, or took, the whole product; several of them
/// share it alike.
///
/// Source: Ang, "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33(7), 2005; zeros by
/// Ang and Liu, "Handling zero values in the logarithmic mean Divisia index decomposition approach", Energy Policy
/// 35(1), 2007.
public struct DivisiaDecomposition: Sendable, Equatable {
    public let before: Double  // The product, or the sum of products, at first.
    public let after: Double
    public let contributions: [Double]  // Shape `[factors]`; their sum is `after − before`, to rounding.

    public var change: Double { after - before }

    /// - Parameters:
    ///   - before: Shape `[factors]`.
    ///   - after: Of the same shape.
    /// - Returns: Nil unless both are of one shape, not empty, and hold finite numbers of at least 0.
    public init?(before: [Double], after: [Double]) { self.init(groups: [(before, after)]) }

    /// Of a sum over groups, such as channels, of products of the same factors: contributions are summed by factor.
    ///
    /// - Parameter groups: Each as `init(before:after:)` takes it.
    public init?(groups: [(before: [Double], after: [Double])]) {
        guard let size = groups.first?.before.count, size > 0 else { return nil }
        var (before, after) = (0.0, 0.0)
        var contributions = [Double](repeating: 0, count: size)
        for group in groups {
            guard group.before.count == size, group.after.count == size,
                (group.before + group.after).allSatisfy({ $0 >= 0 && $0.isFinite })
            else { return nil }
            before += group.before.reduce(1, *)
            after += group.after.reduce(1, *)
            for (factor, part) in Self.parts(group.before, group.after).enumerated() { contributions[factor] += part }
        }
        self.before = before
        self.after = after
        self.contributions = contributions
    }

    private static func parts(_ before: [Double], _ after: [Double]) -> [Double] {
        let (first, last) = (before.reduce(1, *), after.reduce(1, *))
        if first > 0, last > 0 {
            let mean = logarithmicMean(last, first)
            return zip(after, before).map { mean * log($0 / $1) }
        }
        if first == 0, last == 0 { return before.map { _ in 0 } }
        let zeros = (first == 0 ? before : after).map { $0 == 0 }
        let share = (last - first) / Double(max(1, zeros.count { $0 }))
        return zeros.map { $0 ? share : 0 }
    }

    /// (x − y) / ln(x / y), and x where both are alike; near that, by the series of which nothing cancels.
    static func logarithmicMean(_ x: Double, _ y: Double) -> Double {
        let relative = (x - y) / (x + y)
        guard abs(relative) > 1e-4 else {  // ln(x / y) = 2 artanh((x − y) / (x + y)).
            return (x + y) / 2 / (1 + relative * relative / 3 + relative * relative * relative * relative / 5)
        }
        return (x - y) / log(x / y)
    }
}
