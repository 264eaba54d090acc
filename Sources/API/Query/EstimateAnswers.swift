import Base
import Statistics
import Timeline

// How estimates over people are written, each with its interval at 95%.

extension RatioSums {
    fileprivate var estimate: RatioEstimate {
        RatioEstimate(
            count: people, tops: tops, bottoms: bottoms, topSquares: topSquares, bottomSquares: bottomSquares,
            products: products)
    }
}

extension JSON {
    /// A share of trials, of which one person may have had several: then they are not independent, and the interval is
    /// that of a ratio of sums over people. Where nothing or all was hit, it knows no spread, and Wilson's stands in.
    static func share(_ sums: RatioSums) -> JSON {
        let (tops, bottoms) = (Int(sums.tops), Int(sums.bottoms))
        guard bottoms > sums.people, tops > 0, tops < bottoms else { return .rate(tops, of: bottoms) }
        let interval = sums.estimate.interval()
        return [
            "numerator": .count(tops), "denominator": .count(bottoms), "rate": .number(sums.estimate.ratio),
            "low": .number(interval.map { max(0, $0.low) }), "high": .number(interval.map { min(1, $0.high) }),
        ]
    }

    /// A ratio that may be of any size, and is never below 0.
    static func ratio(_ sums: RatioSums) -> JSON {
        let interval = sums.estimate.interval()
        return [
            "value": .number(sums.estimate.ratio), "low": .number(interval.map { max(0, $0.low) }),
            "high": .number(interval?.high),
        ]
    }

    /// Quantiles of lengths of time.
    static func quantiles(_ values: ClusteredSample) -> JSON {
        .array(
            [0.1, 0.25, 0.5, 0.75, 0.9, 0.99].map { share in
                let estimate = values.quantile(share)
                return [
                    "share": .double(share), "value": .number(estimate?.value),
                    "low": .number(estimate?.interval?.low),
                    "high": .number(estimate?.interval?.high),
                ]
            })
    }

    /// A value and the ends of its interval, as three cells of a row.
    static func cells(_ estimate: JSON) -> [JSON] {
        [estimate["rate"] ?? estimate["value"] ?? .null, estimate["low"] ?? .null, estimate["high"] ?? .null]
    }
}
