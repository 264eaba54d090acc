public import Foundation

/// What tests need from outside and did not find.
public struct MissingFile: Error, CustomStringConvertible {
    public let path: String
    public init(path: String) { self.path = path }
    public var description: String { "\(path) is missing or not as expected: run scripts/setup" }
}

/// Files of the checkout, among them what setup installed in `build`.
public enum PackageFiles {
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The first 400 bytes of each line.
    public static func lines(_ path: String) throws -> [String] {
        let file = root.appending(path: path)
        guard let bytes = try? Data(contentsOf: file) else { throw MissingFile(path: file.path) }
        return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0.prefix(400), as: UTF8.self) }
    }
}
