public import Base

/// A table that the server takes in: uploaded piece by piece, then read batch by batch.
public struct ImportJob: Sendable, Equatable, Identifiable {
    /// The raw value is the word on the wire.
    public enum State: String, Sendable, CaseIterable {
        case uploading  // Pieces are still to come.
        case ready  // Whole; waits for a mapping.
        case running, paused
        case done, cancelled, failed  // The staged file is gone.

        public var isOver: Bool { self == .done || self == .cancelled || self == .failed }
    }

    public let id: Int64
    public let fileName: String  // As the person's machine calls it.
    public let format: String  // csv, ndjson, parquet.
    public let byteCount: Int64  // Of the whole file.
    public var byteCountStaged: Int64
    public var state: State
    public var mapping: JSON  // Null until it is started.
    public var source: String
    public var position: Int64  // Rows that are done with.
    public var accepted: Int64
    public var duplicate: Int64
    public var refused: Int64
    public var refusedByteCount: Int64  // Of the list of refused rows, up to `position`.
    public var failure: String  // Why it failed; empty otherwise.
    public let actor: String
    public let createdAt: EventTime
    public var updatedAt: EventTime

    public init(
        id: Int64, fileName: String, format: String, byteCount: Int64, actor: String, createdAt: EventTime
    ) {
        self.id = id
        self.fileName = fileName
        self.format = format
        self.byteCount = byteCount
        byteCountStaged = 0
        state = .uploading
        mapping = .null
        source = ""
        (position, accepted, duplicate, refused, refusedByteCount) = (0, 0, 0, 0, 0)
        failure = ""
        self.actor = actor
        self.createdAt = createdAt
        updatedAt = createdAt
    }
}
