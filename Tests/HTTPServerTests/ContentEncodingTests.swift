import Foundation
import Testing

@testable import HTTPServer

struct ContentEncodingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, field: String?, base64: String, want: String
        var testDescription: String { why }
    }

    static let gzip = "H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA=="
    static let gzipOfZeros =
        "H4sIAAAAAAACA+3BMQEAAADCoPVPbQ0PoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIBXA32VEdSghgEA"
    static let gzipOf900Zeros = "H4sIAAAAAAACA2NgGAWjYBQMJAAA7Ly31YQDAAA="

    static let cases = [
        Case(why: "no encoding leaves the bytes", field: nil, base64: "aGVsbG8=", want: "hello"),
        Case(why: "identity leaves the bytes", field: "identity", base64: "aGVsbG8=", want: "hello"),
        Case(why: "gzip", field: "gzip", base64: gzip, want: "hello"),
        Case(why: "the name's case does not count", field: " GZip ", base64: gzip, want: "hello"),
        Case(
            why: "several members of gzip are one body", field: "gzip",
            base64: "H4sIAAAAAAACA8tIzcnJVwAA9vmB7QYAAAAfiwgAAAAAAAIDK88vykkBAEMRdzoFAAAA", want: "hello world"),
        Case(why: "deflate is zlib's format", field: "deflate", base64: "eJzLSM3JyQcABiwCFQ==", want: "hello"),
        Case(why: "zstd", field: "zstd", base64: "KLUv/QRYKQAAaGVsbG+jbZ+I", want: "hello"),
        Case(
            why: "several frames of zstd are one body", field: "zstd",
            base64: "KLUv/QRYMQAAaGVsbG8g0jvhqSi1L/0EWCkAAHdvcmxk71HuZg==", want: "hello world"),
    ]

    @Test(arguments: cases)
    func decodesWhatClientsSend(_ c: Case) throws {
        let bytes = Array(try #require(Data(base64Encoded: c.base64)))
        #expect(try ContentEncoding.decode(bytes, field: c.field, bytesMax: 100) == Array(c.want.utf8))
    }

    @Test(arguments: ["gzip", "zstd"])
    func aBodyThatIsCutOffIsMalformed(_ field: String) throws {
        let whole = Array(try #require(Data(base64Encoded: field == "gzip" ? Self.gzip : "KLUv/QRYKQAAaGVsbG+jbZ+I")))
        for count in 1..<whole.count - 8 {
            #expect(throws: ContentEncodingError.malformed(field)) {
                try ContentEncoding.decode(Array(whole.prefix(count)), field: field, bytesMax: 100)
            }
        }
    }

    @Test func aSmallBodyThatStandsForAHugeOneIsRefused() throws {
        let bomb = Array(try #require(Data(base64Encoded: Self.gzipOfZeros)))
        #expect(throws: ContentEncodingError.tooLarge(bytesMax: 65_535)) {
            try ContentEncoding.decode(bomb, field: "gzip", bytesMax: 65_535)
        }
        #expect(try ContentEncoding.decode(bomb, field: "gzip", bytesMax: 100_000).count == 100_000)
    }

    @Test func anUnknownEncodingIsNamed() {
        #expect(throws: ContentEncodingError.unknown("br")) {
            try ContentEncoding.decode([1], field: "br", bytesMax: 100)
        }
    }

    /// Each step costs as much as a whole body, and nobody has said yet who is asking.
    @Test func encodingsDoNotStackWithoutEnd() throws {
        let once = Array(try #require(Data(base64Encoded: Self.gzip)))
        #expect(try ContentEncoding.decode(once, field: "identity, gzip", bytesMax: 100) == Array("hello".utf8))
        for field in [String(repeating: "gzip,", count: 3000), "identity, identity, gzip"] {
            #expect(throws: ContentEncodingError.tooMany(countMax: 2)) {
                try ContentEncoding.decode(once, field: field, bytesMax: 100)
            }
        }
    }
}
