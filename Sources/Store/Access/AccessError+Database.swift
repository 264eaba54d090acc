import Domain

extension AccessError {
    init(_ error: DatabaseError) {
        self = error.reason == .diskFull ? .storageFull : .storageFailed(message: error.message)
    }
}

/// Runs `body`; what the database refuses becomes an `AccessError`.
func asAccess<Result>(
    _ body: () async throws(DatabaseError) -> Result
) async throws(AccessError) -> Result {
    do throws(DatabaseError) { return try await body() } catch { throw AccessError(error) }
}
