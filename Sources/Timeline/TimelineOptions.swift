public import Domain

/// How a timeline uses its machine.
public struct TimelineOptions: Sendable {
    /// Threads of one query over a large timeline.
    public var threadCount: Int
    /// A merge is due when the head holds this many events and 1/256 of the sealed ones: merging then moves at most 256
    /// times what came in, and what queries must merge on the fly stays small beside what they scan.
    public var headCountMin: Int
    /// Queries over fewer events run on the caller's thread alone.
    public var parallelCountMin: Int
    /// What of an event's properties queries may ask for.
    public var properties: [IndexedProperty]
    /// Events that are older leave the timeline; nil: none does.
    public var daysMax: Int?
    /// What of the sealed events may lie in memory; nil: all of them do.
    public var memoryBudget: MemoryBudget?

    public init(
        threadCount: Int = 2, headCountMin: Int = 65_536, parallelCountMin: Int = 1_000_000,
        properties: [IndexedProperty] = IndexedProperty.standard, daysMax: Int? = nil,
        memoryBudget: MemoryBudget? = nil
    ) {
        self.daysMax = daysMax
        self.memoryBudget = memoryBudget
        self.threadCount = max(1, threadCount)
        self.headCountMin = max(1, headCountMin)
        self.parallelCountMin = parallelCountMin
        self.properties = properties
    }
}

/// Bytes, by what they are for.
public struct TimelineMemory: Sendable, Equatable {
    public let events: Int  // Sealed events; the head is counted in bytes only.
    public let columnBytes: Int  // The columns and the offsets of people.
    public let sideTableBytes: Int  // Values and decisions of the events that have them.
    public let propertyBytes: Int  // Indexed properties of the events that have them.
    public let dictionaryBytes: Int
    public let headBytes: Int
    public let mappedBytes: Int  // Of the columns, values and properties: in mapped files, not in memory.

    /// Of an event without value and decision; 0 without events.
    public var bytesPerEvent: Double { events == 0 ? 0 : Double(columnBytes) / Double(events) }
    public var totalBytes: Int { columnBytes + sideTableBytes + propertyBytes + dictionaryBytes + headBytes }
    public var bytesInMemory: Int { totalBytes - mappedBytes }
}
