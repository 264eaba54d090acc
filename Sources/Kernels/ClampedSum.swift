/// The sum, or the number nearest to it where it does not fit: no amounts of money make a program stop or a total
/// negative.
@inlinable
public func clampedSum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, isOverflow) = a.addingReportingOverflow(b)
    return isOverflow ? (b < 0 ? .min : .max) : sum
}
