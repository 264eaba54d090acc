/// Divides a whole number exactly: parts that differ from their quotas by less than one, and add up to it.
///
/// The method of largest remainders (Hamilton's; Balinski and Young, "Fair Representation", 1982). Where quotas are too
/// large for a `Double` to be exact, parts may differ by more, and still add up.
///
/// - Parameter weights: Finite; one below 0 gets a part below 0. Equal parts where they add up to 0 or less.
/// - Returns: As many parts as weights; of equal remainders the earlier is raised.
public func apportion(_ total: Int64, by weights: [Double]) -> [Int64] {
    guard !weights.isEmpty else { return [] }
    let sum = weights.reduce(0, +)
    let shares = sum > 0 ? weights.map { $0 / sum } : weights.map { _ in 1 / Double(weights.count) }
    let limit = 9e18  // Below 2⁶³.
    let quotas = shares.map { min(limit, max(-limit, Double(total) * $0)) }
    var parts = quotas.map { Int64($0.rounded(.down)) }
    let left = total &- parts.reduce(0, &+)
    let count = Int64(parts.count)
    let (each, odd) = left.quotientAndRemainder(dividingBy: count)
    let order = quotas.indices.sorted {
        let remainders = (quotas[$0] - quotas[$0].rounded(.down), quotas[$1] - quotas[$1].rounded(.down))
        return remainders.0 == remainders.1 ? $0 < $1 : remainders.0 > remainders.1
    }
    for (rank, i) in (odd < 0 ? order.reversed() : order).enumerated() {
        parts[i] &+= each &+ (Int64(rank) < odd.magnitude ? odd.signum() : 0)
    }
    return parts
}
