import Compression

/// Why a body cannot be decompressed.
enum ContentEncodingError: Error, Equatable {
    case unknown(String)
    case tooMany(countMax: Int)
    case malformed(String)
    case tooLarge(bytesMax: Int)
}

/// How a body was compressed (RFC 9110, 8.4).
enum ContentEncoding: String, CaseIterable {
    case gzip, deflate, zstd

    /// Each costs a pass over a whole body, before it is known who sends it.
    private static let countMax = 2

    static let names = allCases.map(\.rawValue).joined(separator: ", ")

    /// Undoes all encodings, the last one first.
    ///
    /// - Parameters:
    ///   - field: The value of `Content-Encoding`; nil or `identity` leaves the bytes as they are.
    ///   - bytesMax: Of the result, and of every step before it: a small body may stand for a huge one.
    static func decode(
        _ bytes: [UInt8], field: String?, bytesMax: Int
    ) throws(ContentEncodingError) -> [UInt8] {
        guard let field else { return bytes }
        let parts = field.split(separator: ",")
        guard parts.count <= countMax else { throw .tooMany(countMax: countMax) }
        var bytes = bytes
        for part in parts.reversed() {
            let name = part.filter { !$0.isWhitespace }.lowercased()
            switch name {
            case "identity": continue
            case "gzip", "x-gzip", "deflate", "zstd": bytes = try decode(bytes, name: name, bytesMax: bytesMax)
            default: throw .unknown(String(name.prefix(40)))
            }
        }
        return bytes
    }

    private static func decode(_ bytes: [UInt8], name: String, bytesMax: Int) throws(ContentEncodingError) -> [UInt8] {
        do throws(CompressionError) {
            return name == "zstd"
                ? try ZstdFrames.decode(bytes, bytesMax: bytesMax)
                : try Inflate.decode(bytes, name: name, bytesMax: bytesMax)
        } catch {
            switch error {
            case .malformed(let name): throw .malformed(name)
            case .tooLarge(let bytesMax): throw .tooLarge(bytesMax: bytesMax)
            }
        }
    }
}
