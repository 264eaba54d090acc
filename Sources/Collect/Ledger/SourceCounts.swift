import Domain

/// How the elements of a source's requests fared.
public struct SourceCounts: Sendable, Equatable {
    public var requests = 0
    public var accepted = 0
    public var duplicate = 0
    public var quarantined = 0
    public var rejected = 0  // By the tracking plan.
    public var replayed = 0  // Quarantined before and taken after all; not among `accepted`.
    public var bytes: Int64 = 0  // Of bodies, decompressed; 0 for imports.

    public init() {}

    /// Elements of requests: each fared in one of four ways.
    public var elements: Int { accepted + duplicate + quarantined + rejected }

    init(_ receipt: CollectReceipt) {
        let counts = receipt.counts
        guard !receipt.isReplay else {
            replayed = counts.accepted + counts.duplicate
            return
        }
        requests = 1
        accepted = counts.accepted
        duplicate = counts.duplicate
        quarantined = counts.quarantined
        rejected = counts.rejected
        bytes = Int64(receipt.byteCount)
    }

    static func += (sum: inout Self, more: Self) {
        sum.requests += more.requests
        sum.accepted += more.accepted
        sum.duplicate += more.duplicate
        sum.quarantined += more.quarantined
        sum.rejected += more.rejected
        sum.replayed += more.replayed
        sum.bytes += more.bytes
    }
}
