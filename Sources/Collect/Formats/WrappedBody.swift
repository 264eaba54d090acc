import Base
import Compression

/// Bodies inside wrappings of which no header tells: clients gzip, base64 and put into forms what is JSON within.
extension WireRequest {
    private static let wrappingCountMax = 4

    /// The fields of a form, whatever type the body was given; nil where it is none.
    func form(naming names: [String]) -> [(name: String, value: String)]? {
        let isNamed = names.contains { body.starts(with: Array("\($0)=".utf8)) }
        guard isNamed || mediaType == "application/x-www-form-urlencoded", !Inflate.isGzip(body) else { return nil }
        return PercentEncoding.fields(body)
    }

    /// The JSON text inside gzip, known by its first bytes, and base64, in any order.
    ///
    /// - Throws: `CollectError.tooLarge` where it is larger than a body may be.
    func unwrapped(_ wrapped: [UInt8]) throws(CollectError) -> [UInt8] {
        var bytes = wrapped
        for _ in 0..<Self.wrappingCountMax {
            if Inflate.isGzip(bytes) {
                bytes = try inflated(bytes)
            } else if let first = bytes.first(where: { $0 > 0x20 }), first == 0x7B || first == 0x5B {
                return bytes
            } else if let decoded = Base64.decode(bytes.lazy.map { $0 == 0x20 ? 0x2B : $0 }), !decoded.isEmpty {
                bytes = decoded  // A form read `+` as a space.
            } else {
                break
            }
        }
        throw .malformed(reason: "it is neither JSON nor gzip or base64 of it", byteOffset: nil)
    }

    private func inflated(_ bytes: [UInt8]) throws(CollectError) -> [UInt8] {
        let inflated: [UInt8]
        do throws(CompressionError) {
            inflated = try Inflate.decode(bytes, name: "gzip", bytesMax: bodyBytesMax)
        } catch {
            switch error {
            case .malformed: throw .malformed(reason: "it is no whole gzip stream", byteOffset: nil)
            case .tooLarge(let bytesMax): throw .tooLarge(bytesMax: bytesMax)
            }
        }
        guard takeMemory(inflated.count) else {
            throw .unavailable(reason: "the bodies of other requests take all the memory for them")
        }
        return inflated
    }
}
