public import Timeline

/// The events behind a trait.
public struct Evidence: Sendable, Equatable {
    /// How many events can be asked for by their places.
    public static let sequenceCountMax = 50

    public private(set) var count = 0
    public private(set) var sequences: [UInt64] = []  // In the journal; of the newest, newest first.

    public init() {}

    /// - Parameter entries: Newest first.
    public init(_ entries: some Sequence<TimelineEntry>) { for entry in entries { add(entry) } }

    /// - Parameter entry: Not newer than those before it.
    mutating func add(_ entry: TimelineEntry) {
        count += 1
        if sequences.count < Self.sequenceCountMax { sequences.append(entry.sequence) }
    }
}
