import Statistics

/// How often each policy's list met the next basket. Replayed hits, not lift: the basket was filled without the list.
struct Scoreboard {
    static let learned = "learned"
    static let policies = [learned, "buy_again", "popularity"]

    let k: Int
    private var quality: [String: RankingQuality<String>]
    private var difference: [String: PairedDifference<String>]  // NDCG of learned minus that of the baseline.
    private(set) var basketCount = 0

    init(k: Int) {
        self.k = k
        quality = Dictionary(uniqueKeysWithValues: Self.policies.map { ($0, RankingQuality(k: k)) })
        difference = Dictionary(uniqueKeysWithValues: Self.policies.dropFirst().map { ($0, PairedDifference()) })
    }

    /// - Parameter lists: By policy; the products shown, best first.
    mutating func add(lists: [String: [String]], bought: Set<String>, person: String) {
        guard !bought.isEmpty else { return }
        basketCount += 1
        var ndcg: [String: Double] = [:]
        for policy in Self.policies {
            let hits = (lists[policy] ?? []).map(bought.contains)
            quality[policy]?.add(hits: hits, wantedCount: bought.count, cluster: person)
            ndcg[policy] = RankingQuality<String>.ndcg(hits: hits, wantedCount: bought.count, k: k)
        }
        for policy in Self.policies.dropFirst() {
            difference[policy]?.add(first: ndcg[Self.learned] ?? 0, second: ndcg[policy] ?? 0, cluster: person)
        }
    }

    /// The table that the replay ends with.
    var summary: String {
        var lines = [
            "Replayed hits over \(basketCount) baskets (not lift: nobody saw these lists)",
            "  policy       hit rate @\(k)               NDCG @\(k)                  NDCG, learned minus it",
        ]
        for policy in Self.policies {
            let scores = quality[policy]
            lines.append(
                "  " + policy.padded(to: 12) + Self.text(scores?.hitRate, scores?.hitRateInterval()).padded(to: 28)
                    + Self.text(scores?.ndcg, scores?.ndcgInterval()).padded(to: 28)
                    + Self.text(difference[policy]?.mean, difference[policy]?.interval()))
        }
        return (lines + ["  95% intervals, clustered by household."]).joined(separator: "\n")
    }

    private static func text(_ value: Double?, _ interval: Interval?) -> String {
        guard let value else { return "" }
        guard let interval else { return digits(value) }
        return "\(digits(value)) [\(digits(interval.low)), \(digits(interval.high))]"
    }

    /// Four decimals.
    private static func digits(_ value: Double) -> String {
        let scaled = (value.magnitude * 10_000).rounded()
        guard scaled < 1e12 else { return "?" }
        let whole = Int(scaled)
        let fraction = String(whole % 10_000)
        return (value < 0 ? "-" : "") + "\(whole / 10_000)."
            + String(repeating: "0", count: 4 - fraction.count) + fraction
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
