import Foundation

/// Why a file cannot be written.
struct OutputError: Error, CustomStringConvertible {
    let description: String
}

/// A file that grows at its end. A write returns when the system has taken all of it, or says why it has not.
final class OutputFile: Sendable {
    static let standard = OutputFile(descriptor: 1, name: "standard output")
    static let standardError = OutputFile(descriptor: 2, name: "standard error")

    private let descriptor: Int32
    private let name: String

    private init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Readable by its owner alone, where it is made: events are personal data.
    ///
    /// - Parameter isAppending: Whether what is there stays.
    init(path: String, isAppending: Bool = false) throws(OutputError) {
        name = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isAppending ? O_APPEND : O_TRUNC), 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit { if descriptor > 2 { close(descriptor) } }

    func write(_ bytes: [UInt8]) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else { throw Self.failure(name) }
            } else {
                rest = rest.dropFirst(count)
            }
        }
    }

    private static func failure(_ name: String) -> OutputError {
        OutputError(description: "cannot write \(name): \(unsafe String(cString: strerror(errno)))")
    }
}
