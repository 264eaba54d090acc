/// Whether groups differ in when something happens to them.
///
/// Source: Mantel, Cancer Chemotherapy Reports 50(3), 1966; for several groups Kalbfleisch and Prentice, "The
/// Statistical Analysis of Failure Time Data", 2nd edition, 2002, section 1.5.
public struct LogRankTest: Sendable, Equatable {
    public let statistic: Double  // χ² with `degrees`, where the groups do not differ.
    public let degrees: Int
    public let pValue: Double
    public let expected: [Double]  // Events of each group, were there no difference. Shape `[groups]`.

    /// Nil where fewer than two groups can be compared: there were no events, or never two groups at risk.
    ///
    /// - Parameter groups: Of each group, the counts by duration, ascending.
    public init?(_ groups: [[SurvivalCount]]) {
        var atRisk = groups.map { $0.reduce(0) { $0 + $1.events + $1.censored } }
        var places = groups.map { _ in 0 }
        var expected = groups.map { _ in 0.0 }
        var surplus = expected
        var covariance = groups.map { _ in expected }
        while let duration = Self.next(groups, places) {
            let rows = groups.indices.map { group -> SurvivalCount? in
                guard places[group] < groups[group].count, groups[group][places[group]].duration == duration else {
                    return nil
                }
                places[group] += 1
                return groups[group][places[group] - 1]
            }
            let (n, d) = (Double(atRisk.reduce(0, +)), Double(rows.reduce(0) { $0 + ($1?.events ?? 0) }))
            if d > 0 {
                let spread = n > 1 ? d * (n - d) / (n - 1) : 0
                for i in groups.indices {
                    let share = Double(atRisk[i]) / n
                    expected[i] += d * share
                    surplus[i] += Double(rows[i]?.events ?? 0) - d * share
                    for j in groups.indices {
                        covariance[i][j] += spread * share * ((i == j ? 1 : 0) - Double(atRisk[j]) / n)
                    }
                }
            }
            for (group, row) in rows.enumerated() { atRisk[group] -= (row?.events ?? 0) + (row?.censored ?? 0) }
        }
        let told = groups.indices.filter { covariance[$0][$0] > 0 }
        guard told.count > 1 else { return nil }
        let kept = told.dropLast()  // The last one's surplus follows from the others.
        guard let matrix = PositiveMatrix(kept.map { i in kept.map { covariance[i][$0] } }) else { return nil }
        let right = kept.map { surplus[$0] }
        statistic = zip(matrix.solving(right), right).reduce(0) { $0 + $1.0 * $1.1 }
        degrees = kept.count
        pValue = ChiSquareLaw.upperTail(statistic, degrees: Double(degrees))
        self.expected = expected
    }

    private static func next(_ groups: [[SurvivalCount]], _ places: [Int]) -> Double? {
        groups.indices.compactMap { places[$0] < groups[$0].count ? groups[$0][places[$0]].duration : nil }.min()
    }
}
