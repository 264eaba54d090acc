private import CSodium

enum Sodium {
    /// Chooses libsodium's implementations for this machine, once; it is safe to use from many threads afterwards.
    static let isReady: Bool = sodium_init() >= 0
}
