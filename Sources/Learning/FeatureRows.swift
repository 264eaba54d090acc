/// Sparse rows of hashed features, one behind the other (compressed sparse rows): one row per example or candidate.
///
/// Memory: 8 bytes per feature and 8 per row. A row that exists is valid: one finite value per feature.
public struct FeatureRows: Sendable, Equatable {
    private(set) var hashes: [UInt32] = []
    private(set) var values: [Float] = []
    private var ends: [Int] = []

    public init() {}

    /// One row of features with value 1.
    public init(_ features: [FeatureHash]) {
        beginRow()
        for feature in features { add(feature) }
    }

    public var count: Int { ends.count }
    public var isEmpty: Bool { ends.isEmpty }

    /// What is added next belongs to a new row.
    public mutating func beginRow() { ends.append(hashes.count) }

    /// Adds to the last row; a feature added twice counts twice.
    ///
    /// - Precondition: a row was begun; `value` is finite.
    public mutating func add(_ feature: FeatureHash, value: Float = 1) {
        precondition(!ends.isEmpty && value.isFinite, "a finite value in a row that was begun")
        hashes.append(UInt32(truncatingIfNeeded: feature.bits))
        values.append(value)
        ends[ends.count - 1] = hashes.count
    }

    func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }
}
