private import CSodium
private import Glibc

/// Seals secrets that must be read again, such as those of webhooks, under a key that lies in the data folder beside
/// the database: a copy of the database alone gives none of them away.
public struct SecretBox: Sendable {
    private let key: [UInt8]

    /// - Parameter key: 32 bytes.
    init?(key: [UInt8]) {
        guard key.count == Int(crypto_secretbox_KEYBYTES) else { return nil }
        self.key = key
    }

    /// The key of the folder, made at the first call and readable by its owner alone.
    ///
    /// - Parameter path: Of the key's file; nil for a store in memory, whose key ends with it.
    static func opened(path: String?, random: (Int) -> [UInt8]) throws(DatabaseError) -> SecretBox {
        precondition(Sodium.isReady, "libsodium cannot start")
        let fresh = random(Int(crypto_secretbox_KEYBYTES))
        guard let path else {
            guard let box = SecretBox(key: fresh) else { throw .unreadable("key") }
            return box
        }
        try write(fresh, to: path)
        guard let box = SecretBox(key: try read(path)) else {
            throw DatabaseError(reason: .corrupt, message: "\(path) is no key: bring it back from a backup")
        }
        return box
    }

    /// Only where there is none yet: another process may be faster.
    private static func write(_ key: [UInt8], to path: String) throws(DatabaseError) {
        guard unsafe access(path, F_OK) != 0 else { return }
        let draft = "\(path).\(getpid())"
        let file = unsafe Glibc.open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DatabaseError(reason: .cannotOpen, message: "cannot write \(draft)") }
        let count = unsafe key.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        let isSynced = fsync(file) == 0
        close(file)
        if count == key.count, isSynced { unsafe link(draft, path) }
        unsafe unlink(draft)
    }

    private static func read(_ path: String) throws(DatabaseError) -> [UInt8] {
        let file = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw DatabaseError(reason: .cannotOpen, message: "cannot read \(path)") }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        return Array(bytes.prefix(max(0, count)))
    }

    /// A nonce, then the sealed text.
    func seal(_ text: String, random: (Int) -> [UInt8]) -> [UInt8] {
        let nonce = random(Int(crypto_secretbox_NONCEBYTES))
        let message = Array(text.utf8)
        var sealed = [UInt8](repeating: 0, count: message.count + Int(crypto_secretbox_MACBYTES))
        unsafe crypto_secretbox_easy(&sealed, message, UInt64(message.count), nonce, key)
        return nonce + sealed
    }

    /// - Throws: Where it was sealed under another key, or is damaged.
    func open(_ sealed: [UInt8]) throws(DatabaseError) -> String {
        guard let text = opened(sealed) else {
            throw DatabaseError(reason: .corrupt, message: "a secret was sealed under another key than secret.key")
        }
        return text
    }

    private func opened(_ sealed: [UInt8]) -> String? {
        let (nonceCount, tagCount) = (Int(crypto_secretbox_NONCEBYTES), Int(crypto_secretbox_MACBYTES))
        guard sealed.count >= nonceCount + tagCount else { return nil }
        let nonce = Array(sealed.prefix(nonceCount))
        let text = Array(sealed.dropFirst(nonceCount))
        var message = [UInt8](repeating: 0, count: text.count - tagCount)
        let code = unsafe crypto_secretbox_open_easy(&message, text, UInt64(text.count), nonce, key)
        return code == 0 ? String(validating: message, as: UTF8.self) : nil
    }
}
