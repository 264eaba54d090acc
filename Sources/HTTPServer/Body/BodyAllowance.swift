/// How much of the memory for bodies a handler may still take, where a format hides further compression in a body.
public struct BodyAllowance: Sendable {
    public let bytesMax: Int  // Of one body, whatever it is decompressed from.
    /// False where the bodies of all requests would go past their bound; what is taken is given back with the answer.
    public let take: @Sendable (_ byteCount: Int) -> Bool

    public init(bytesMax: Int = 8_388_608, take: @escaping @Sendable (_ byteCount: Int) -> Bool = { _ in true }) {
        self.bytesMax = bytesMax
        self.take = take
    }
}
