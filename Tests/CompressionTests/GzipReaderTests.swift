import Compression
import Foundation
import Testing

@Suite struct GzipReaderTests {
    private static let hello = "H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA=="  // Of Python's `gzip.compress`.
    private static let zeros900 = "H4sIAAAAAAACA2NgGAWjYBQMJAAA7Ly31YQDAAA="

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String
        let bytes: [UInt8]
        let want: String
        let isWhole: Bool

        var testDescription: String { why }
    }

    private static func bytes(_ base64: String) -> [UInt8] { Array(Data(base64Encoded: base64) ?? Data()) }

    static let cases = [
        Case(why: "one member", bytes: bytes(hello), want: "hello", isWhole: true),
        Case(why: "two members", bytes: bytes(hello) + bytes(hello), want: "hellohello", isWhole: true),
        Case(why: "zeros behind the last one", bytes: bytes(hello) + [0, 0, 0], want: "hello", isWhole: true),
        Case(why: "nothing", bytes: [], want: "", isWhole: true),
        Case(why: "a stream that is cut off", bytes: bytes(hello).dropLast(4), want: "hello", isWhole: false),
        Case(why: "no gzip", bytes: Array("hello".utf8), want: "", isWhole: false),
        Case(
            why: "a wrong sum", bytes: bytes(hello).dropLast(8) + [1, 2, 3, 4, 5, 0, 0, 0], want: "hello",
            isWhole: false),
    ]

    @Test(arguments: cases, [1, 2, 3, 1000])
    func aStreamIsReadInPiecesOfAnySize(_ c: Case, pieceBytes: Int) {
        var rest = c.bytes[...]
        let reader = GzipReader {
            defer { rest = rest.dropFirst(pieceBytes) }
            return Array(rest.prefix(pieceBytes))
        }
        var got: [UInt8] = []
        while true {
            let piece = reader.read(countMax: pieceBytes)
            got += piece
            if piece.isEmpty { break }
        }
        #expect(String(decoding: got, as: UTF8.self) == c.want)
        #expect(reader.isWhole == c.isWhole)
    }

    @Test func readingGoesOnWhereMoreComesLater() {
        let whole = Self.bytes(Self.zeros900)
        var there = whole.prefix(12)
        let reader = GzipReader {
            defer { there = [] }
            return Array(there)
        }
        let first = reader.read(countMax: 900)
        #expect(first.count < 900 && !reader.isWhole)
        there = whole[12...]
        #expect(reader.read(countMax: 1000).count == 900 - first.count)
        #expect(reader.isWhole)
    }
}
