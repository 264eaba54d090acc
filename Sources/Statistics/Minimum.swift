private import Glibc

/// A local minimum of a smooth function of a few variables, with the curvature there.
///
/// Quasi-Newton steps (BFGS) with a backtracking line search; the curvature is made of central differences of the
/// gradient at the end, not of the steps' approximation.
///
/// Source: Nocedal and Wright, "Numerical Optimization", 2nd edition, 2006, algorithms 3.1 and 6.1.
struct Minimum: Sendable {
    let point: [Double]
    let value: Double
    let curvature: [[Double]]  // The Hessian, made symmetric.
    let stepCount: Int

    /// - Parameters:
    ///   - limit: How far from 0 a coordinate may go.
    ///   - gradient: Gives the value at a point and the gradient there, of the shape of `start`.
    /// - Returns: Nil where no minimum is found within `stepCountMax` steps and the limit.
    init?(
        from start: [Double], limit: Double, stepCountMax: Int = 200,
        _ function: ([Double]) -> (value: Double, gradient: [Double])
    ) {
        let size = start.count
        var (point, step) = (start, 0)
        var (value, gradient) = function(point)
        var inverse = Self.identity(size)
        while true {
            guard value.isFinite, point.allSatisfy({ abs($0) <= limit }) else { return nil }
            var direction = inverse.map { -Self.dot($0, gradient) }
            if Self.dot(direction, gradient) >= 0 {
                inverse = Self.identity(size)
                direction = gradient.map { -$0 }
            }
            let slope = Self.dot(direction, gradient)  // −2 × what is still to be gained, by a quadratic's measure.
            if -slope <= max(1e-11, 1e-14 * abs(value)) { break }
            guard step < stepCountMax else { return nil }
            step += 1
            guard let (scale, next) = Self.descent(from: point, value, along: direction, slope, function) else {
                guard -slope <= 1e-9 * max(1, abs(value)) else { return nil }
                break  // Rounding hides any further descent.
            }
            let change = direction.map { $0 * scale }
            Self.update(&inverse, change, zip(next.gradient, gradient).map { $0 - $1 })
            point = Self.moved(point, direction, scale)
            (value, gradient) = next
        }
        guard point.allSatisfy({ abs($0) <= limit }) else { return nil }
        self.point = point
        self.value = value
        stepCount = step
        curvature = Self.curvature(at: point, function)
    }

    /// How far to go for enough of a descent, and what is there; nil where no step brings any. The coordinates are
    /// logarithms: no step changes one by more than 2.
    private static func descent(
        from point: [Double], _ value: Double, along direction: [Double], _ slope: Double,
        _ function: ([Double]) -> (value: Double, gradient: [Double])
    ) -> (scale: Double, next: (value: Double, gradient: [Double]))? {
        var scale = min(1, 2 / max(direction.map(abs).max() ?? 0, 1e-300))
        while scale >= 1e-12 {
            let next = function(moved(point, direction, scale))
            if next.value < value, next.value <= value + 1e-4 * scale * slope { return (scale, next) }
            scale /= 2
        }
        return nil
    }

    private static func update(_ inverse: inout [[Double]], _ s: [Double], _ y: [Double]) {
        let curvature = dot(s, y)
        guard curvature > 1e-300 else { return }
        let turned = inverse.map { dot($0, y) }
        let scale = (1 + dot(y, turned) / curvature) / curvature
        for i in s.indices {
            for j in s.indices {
                inverse[i][j] += scale * s[i] * s[j] - (turned[i] * s[j] + s[i] * turned[j]) / curvature
            }
        }
    }

    private static func curvature(
        at point: [Double], _ function: ([Double]) -> (value: Double, gradient: [Double])
    ) -> [[Double]] {
        let width = 1e-4
        let rows = point.indices.map { i in
            let axis = point.indices.map { $0 == i ? 1.0 : 0 }
            let (ahead, behind) = (
                function(moved(point, axis, width)).gradient, function(moved(point, axis, -width)).gradient
            )
            return zip(ahead, behind).map { ($0 - $1) / (2 * width) }
        }
        return rows.indices.map { i in rows.indices.map { (rows[i][$0] + rows[$0][i]) / 2 } }
    }

    private static func identity(_ size: Int) -> [[Double]] {
        (0..<size).map { i in (0..<size).map { $0 == i ? 1 : 0 } }
    }
    private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    private static func moved(_ point: [Double], _ direction: [Double], _ scale: Double) -> [Double] {
        zip(point, direction).map { $0 + scale * $1 }
    }
}
