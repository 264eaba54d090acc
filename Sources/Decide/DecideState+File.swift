import Base
public import Domain

extension DecideState {
    /// Puts the state in place of what was saved before: a crash leaves the old one or the new.
    public func save(to path: String) throws(DecideSnapshotError) {
        do throws(FileFailure) { try WholeFile.replace(path, with: encoded()) } catch { throw .file(error) }
    }

    /// The state as it was saved; apply what the journal holds from `sequenceEnd` on.
    public static func load(
        from path: String, options: DecideOptions = DecideOptions(),
        catalog: @escaping @Sendable (Subject) -> CatalogItem? = { _ in nil }
    ) throws(DecideSnapshotError) -> DecideState {
        let bytes: [UInt8]
        do throws(FileFailure) { bytes = try WholeFile.read(path) } catch { throw .file(error) }
        return try DecideState(snapshot: bytes, options: options, catalog: catalog)
    }
}
