/// How many bytes of sealed events lie in memory at most. Where there are more, all of them lie in mapped files, of
/// which the system keeps in memory what is read and what there is room for.
public struct MemoryBudget: Sendable, Equatable {
    /// How the names begin of the files that lose them as soon as they have one: whichever still has its own was left
    /// by a process that was killed at that moment, and is empty.
    public static let filePrefix = "column."

    public let bytesMax: Int
    public let folder: String  // Of the files; what is in them is gone with the timeline or the process.

    public init(bytesMax: Int, folder: String) {
        self.bytesMax = bytesMax
        self.folder = folder
    }
}
