/// A small symmetric positive definite matrix by its Cholesky factor L, where A = L Lᵀ.
///
/// Source: Golub and Van Loan, "Matrix Computations", 4th edition, 2013, algorithm 4.2.1.
struct PositiveMatrix: Sendable, Equatable {
    private let factor: [[Double]]

    /// Nil where `rows` is not positive definite to working precision, or not square. Only its lower half is read.
    init?(_ rows: [[Double]]) {
        var factor = rows.map { [Double](repeating: 0, count: $0.count) }
        for i in rows.indices {
            guard rows[i].count == rows.count else { return nil }
            for j in 0...i {
                let rest = rows[i][j] - (0..<j).reduce(0) { $0 + factor[i][$1] * factor[j][$1] }
                if i == j {
                    guard rest > abs(rows[i][i]) * 1e-14, rest.isFinite else { return nil }
                    factor[i][i] = rest.squareRoot()
                } else {
                    factor[i][j] = rest / factor[j][j]
                }
            }
        }
        self.factor = factor
    }

    /// The x with A x = `right`.
    func solving(_ right: [Double]) -> [Double] {
        var x = right
        for i in factor.indices {
            x[i] = (x[i] - (0..<i).reduce(0) { $0 + factor[i][$1] * x[$1] }) / factor[i][i]
        }
        for i in factor.indices.reversed() {
            x[i] = (x[i] - (i + 1..<factor.count).reduce(0) { $0 + factor[$1][i] * x[$1] }) / factor[i][i]
        }
        return x
    }

    var inverse: [[Double]] {
        factor.indices.map { column in solving(factor.indices.map { $0 == column ? 1 : 0 }) }
    }
}
