public import Base
public import Collect
public import Domain

/// Why something cannot be done with an import; nothing was changed then.
public enum ImportRefusal: Error, Equatable, Sendable {
    case unknown
    case tooLarge(byteCountMax: Int64)
    case tooMany(countMax: Int)
    case wrongOffset(expected: Int64)
    case wrongState(ImportJob.State)
    case unreadable(reason: String)  // The table, or the mapping.
    case unavailable(reason: String)
}

/// The first rows of a staged table.
public struct ImportSample: Sendable {
    public struct Refused: Sendable {
        public let number: Int
        public let refusal: Refusal

        public init(number: Int, refusal: Refusal) {
            self.number = number
            self.refusal = refusal
        }
    }

    public let rows: [JSONObject]
    public let refused: [Refused]  // Rows that cannot be read.
    public let place: String  // How a row's number is called: line or row.

    public init(rows: [JSONObject], refused: [Refused], place: String) {
        self.rows = rows
        self.refused = refused
        self.place = place
    }
}

/// What a mapping makes of the first rows.
public struct ImportPreview: Sendable {
    public struct Record: Sendable {
        public let number: Int
        public let content: JSON  // What the row holds, where it gives no record.
        public let refusal: Refusal?

        public init(number: Int, content: JSON, refusal: Refusal?) {
            self.number = number
            self.content = content
            self.refusal = refusal
        }
    }

    public let records: [Record]  // The first that are refused, and the first that are taken.
    public let taken: Int
    public let refused: Int
    public let place: String

    public init(records: [Record], taken: Int, refused: Int, place: String) {
        self.records = records
        self.taken = taken
        self.refused = refused
        self.place = place
    }
}

/// Tables that the server takes in.
public struct ImportPorts: Sendable {
    public var begin:
        @Sendable (_ fileName: String, _ format: String, _ byteCount: Int64, _ actor: String)
            async throws(ImportRefusal) -> ImportJob
    public var append:
        @Sendable (_ id: Int64, _ offset: Int64, _ piece: [UInt8]) async throws(ImportRefusal) -> ImportJob
    public var sample: @Sendable (_ id: Int64) async throws(ImportRefusal) -> ImportSample
    public var preview: @Sendable (_ id: Int64, _ mapping: JSON) async throws(ImportRefusal) -> ImportPreview
    public var start: @Sendable (_ id: Int64, _ mapping: JSON) async throws(ImportRefusal) -> ImportJob
    /// To running, paused or cancelled.
    public var become: @Sendable (_ id: Int64, ImportJob.State) async throws(ImportRefusal) -> ImportJob
    /// Newest first.
    public var page: @Sendable (_ before: Int64?, _ countMax: Int) async throws(ImportRefusal) -> [ImportJob]
    public var find: @Sendable (_ id: Int64) async throws(ImportRefusal) -> ImportJob
    /// The file with the refused rows, one JSON object a line; nil where there is none.
    public var refusedPath: @Sendable (_ id: Int64) async throws(ImportRefusal) -> String?

    public init(
        begin:
            @escaping @Sendable (_ fileName: String, _ format: String, _ byteCount: Int64, _ actor: String)
            async throws(ImportRefusal) -> ImportJob,
        append:
            @escaping @Sendable (_ id: Int64, _ offset: Int64, _ piece: [UInt8]) async throws(ImportRefusal) ->
            ImportJob,
        sample: @escaping @Sendable (_ id: Int64) async throws(ImportRefusal) -> ImportSample,
        preview: @escaping @Sendable (_ id: Int64, _ mapping: JSON) async throws(ImportRefusal) -> ImportPreview,
        start: @escaping @Sendable (_ id: Int64, _ mapping: JSON) async throws(ImportRefusal) -> ImportJob,
        become: @escaping @Sendable (_ id: Int64, ImportJob.State) async throws(ImportRefusal) -> ImportJob,
        page: @escaping @Sendable (_ before: Int64?, _ countMax: Int) async throws(ImportRefusal) -> [ImportJob],
        find: @escaping @Sendable (_ id: Int64) async throws(ImportRefusal) -> ImportJob,
        refusedPath: @escaping @Sendable (_ id: Int64) async throws(ImportRefusal) -> String?
    ) {
        self.begin = begin
        self.append = append
        self.sample = sample
        self.preview = preview
        self.start = start
        self.become = become
        self.page = page
        self.find = find
        self.refusedPath = refusedPath
    }
}
