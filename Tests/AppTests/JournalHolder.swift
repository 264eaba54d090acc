import Journal

/// Holds a journal's folder, as a server does.
struct JournalHolder {
    private let journal: Journal

    init(_ folder: String) throws { journal = try Journal(directory: folder) }

    func release() async { await journal.close() }
}
