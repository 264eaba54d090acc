import Base
private import Glibc

/// Exponential decay that never touches what is stored: a weight is kept as the log₂ of a sum of 2^(time / half-life),
/// so two weights keep their order as time passes and only a comparison with "now" needs the clock.
///
/// Source: Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay: A Practical Time Decay Model for Streaming
/// Systems", ICDE 2009; exponential case, in logarithms so that no landmark is needed.
struct ForwardDecay: Sendable {
    private let halfLifeMs: Double

    init(halfLife: Milliseconds) { halfLifeMs = Double(max(halfLife.count, 1)) }

    /// log₂ of what `weight` (> 0) is worth if it arrives at `time`.
    func log2(weight: Double, at time: EventTime) -> Double { Glibc.log2(weight) + Double(time.unixMs) / halfLifeMs }

    /// log₂(2^a + 2^b), exact where either is −∞.
    static func sum(_ a: Double, _ b: Double) -> Double {
        let high = max(a, b)
        guard high > -.infinity else { return high }
        return high + log1p(exp2(min(a, b) - high)) / M_LN2
    }
}
