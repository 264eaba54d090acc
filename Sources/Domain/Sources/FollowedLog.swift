public import Base

/// Files that the server reads as they grow.
public struct FollowedLog: Sendable, Equatable, Identifiable {
    /// The raw value is the word on the wire.
    public enum Format: String, Sendable, CaseIterable { case json, nginx }
    /// Where a file begins to be read that is met for the first time at the start.
    public enum Beginning: String, Sendable, CaseIterable { case start, end }

    public let id: Int64
    public var pattern: String  // An absolute path; `*` and `?` may stand in its last part.
    public var format: Format
    public var lineFormat: String  // NGINX's `log_format`; empty: combined.
    public var mapping: JSON  // As `ImportMapping` reads it.
    public var source: SourceName
    public var beginning: Beginning
    public var isSkippingAnonymous: Bool  // Lines without a person are passed over instead of set aside.
    public var isEnabled: Bool
    public var updatedAt: EventTime

    public init(
        id: Int64, pattern: String, format: Format, lineFormat: String, mapping: JSON, source: SourceName,
        beginning: Beginning, isSkippingAnonymous: Bool, isEnabled: Bool, updatedAt: EventTime
    ) {
        self.id = id
        self.pattern = pattern
        self.format = format
        self.lineFormat = lineFormat
        self.mapping = mapping
        self.source = source
        self.beginning = beginning
        self.isSkippingAnonymous = isSkippingAnonymous
        self.isEnabled = isEnabled
        self.updatedAt = updatedAt
    }
}

/// How far one file of a log is read: all before the offset is on disk as events or set aside.
public struct LogCheckpoint: Sendable, Equatable {
    public let log: Int64
    public let file: String  // Device and inode, such as `2049-131`; the path may change.
    public var fingerprint: String  // Of the file's first bytes; tells a new file that has an old inode's number.
    public var fingerprintByteCount: Int64
    public let mark: String  // Begins the ids of its lines; stays as long as the file is the same.
    public var path: String  // Where it was last seen.
    public var offset: Int64
    public var updatedAt: EventTime

    public init(
        log: Int64, file: String, fingerprint: String, fingerprintByteCount: Int64, mark: String, path: String,
        offset: Int64,
        updatedAt: EventTime
    ) {
        self.log = log
        self.file = file
        self.fingerprint = fingerprint
        self.fingerprintByteCount = fingerprintByteCount
        self.mark = mark
        self.path = path
        self.offset = offset
        self.updatedAt = updatedAt
    }
}

/// What became of a log's lines since it was declared.
public struct LogTotals: Sendable, Equatable {
    public var lines: Int64 = 0
    public var accepted: Int64 = 0
    public var duplicate: Int64 = 0
    public var quarantined: Int64 = 0
    public var skipped: Int64 = 0  // Without a record, or rejected by the tracking plan.

    public init() {}
}

/// How a log is doing.
public struct LogState: Sendable, Equatable {
    public struct File: Sendable, Equatable {
        public let path: String
        public let offset: Int64  // All before it is taken or set aside.
        public let byteCount: Int64  // Of the file when it was last looked at.

        public init(path: String, offset: Int64, byteCount: Int64) {
            self.path = path
            self.offset = offset
            self.byteCount = byteCount
        }
    }

    public var files: [File] = []
    public var linesPerSecond = 0.0
    public var failure = ""  // Of the last look; empty where all is well.

    public init() {}

    /// Bytes that are still to be read.
    public var lagByteCount: Int64 { files.reduce(0) { $0 + max(0, $1.byteCount - $1.offset) } }
}
