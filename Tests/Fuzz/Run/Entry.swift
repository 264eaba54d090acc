import Foundation
import FuzzedDecoders

/// The decoder that the environment names.
private let decoder: FuzzedDecoder = {
    let name = ProcessInfo.processInfo.environment["FUZZED_DECODER"] ?? ""
    guard let decoder = FuzzedDecoder.all.first(where: { $0.name == name }) else {
        FileHandle.standardError.write(
            Data("FUZZED_DECODER must be one of \(FuzzedDecoder.all.map(\.name).joined(separator: ", "))\n".utf8))
        exit(2)
    }
    return decoder
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe decoder(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
