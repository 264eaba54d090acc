import Domain

extension Connection {
    /// `run` for what concerns users, sessions and tokens.
    func read<Value: Sendable>(
        _ body: @Sendable (borrowing Database) throws(DatabaseError) -> Value
    ) throws(AccessError) -> Value {
        do throws(DatabaseError) { return try run(body) } catch { throw AccessError(error) }
    }

    /// `transact` for what concerns users, sessions and tokens: a failure that `body` returns has changed nothing.
    func change<Value: Sendable>(
        _ body: @Sendable (borrowing Database) throws(DatabaseError) -> Result<Value, AccessError>
    ) throws(AccessError) -> Value {
        let result: Result<Value, AccessError>
        do throws(DatabaseError) { result = try transact(body) } catch { throw AccessError(error) }
        return try result.get()
    }
}
