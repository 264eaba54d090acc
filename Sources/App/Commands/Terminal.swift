import Base
import Foundation

/// What a command says to the person who ran it: results on standard output, the rest on standard error.
enum Terminal {
    /// Where the words go.
    struct Sink: Sendable {
        let isWatched: Bool  // Whether a person sees standard error as it is written.
        let result: @Sendable ([UInt8]) throws -> Void
        let aside: @Sendable ([UInt8]) -> Void
    }

    /// A test puts its own here.
    @TaskLocal static var sink = Sink(
        isWatched: isatty(2) == 1,
        result: { try OutputFile.standard.write($0) }, aside: { try? OutputFile.standardError.write($0) })

    static var isWatched: Bool { sink.isWatched }

    static func say(_ line: String) { try? sink.result(Array((line + "\n").utf8)) }

    /// For output that must not be lost unseen.
    static func write(_ bytes: [UInt8]) throws { try sink.result(bytes) }

    static func complain(_ line: String) { sink.aside(Array((line + "\n").utf8)) }

    /// Replaces the line before it where a person is watching; says nothing where none is.
    static func progress(_ line: String) { if isWatched { sink.aside(Array("\r\u{1B}[K\(line)".utf8)) } }

    /// Clears the line of `progress`, so that what is said next stands alone.
    static func endProgress() { if isWatched { sink.aside(Array("\r\u{1B}[K".utf8)) } }
}
