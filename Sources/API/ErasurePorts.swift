public import Domain

/// Erasing people, and what is known of it.
public struct ErasurePorts: Sendable {
    /// Returns once it is on disk that all ids of a person are to be erased.
    public var erase: @Sendable (PersonID, _ actor: String) async throws(ReadFailure) -> Erasure
    /// Newest first: those that lie before a place of the journal; only those of an id where one is given.
    public var page: @Sendable (_ before: UInt64?, PersonID?, _ countMax: Int) async throws(ReadFailure) -> [Erasure]

    public init(
        erase: @escaping @Sendable (PersonID, _ actor: String) async throws(ReadFailure) -> Erasure,
        page:
            @escaping @Sendable (_ before: UInt64?, PersonID?, _ countMax: Int) async throws(ReadFailure) ->
            [Erasure]
    ) {
        self.erase = erase
        self.page = page
    }
}
