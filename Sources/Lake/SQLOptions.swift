/// What an engine may use.
public struct SQLOptions: Sendable {
    public var memoryBytesMax = 512 << 20
    public var threadCount = 2
    /// Folders whose files, at any depth, statements may read and write; no others.
    public var folders: [String] = []
    /// Where sorts and joins that outgrow the memory go; nil: they fail.
    public var spillFolder: String?

    public init() {}
}
