import Base
import Foundation
import FuzzedDecoders
import Testing

/// Every decoder on its seeds and on what is near them; `make fuzz` looks much further.
@Suite struct FuzzTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzz/Corpus")

    @Test(arguments: FuzzedDecoder.all)
    func returnsOnItsSeedsAndOnWhatIsNearThem(_ decoder: FuzzedDecoder) throws {
        let folder = Self.corpus.appending(path: decoder.name)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty, "a decoder needs a seed to begin from")
        for file in files.sorted(by: { $0.path < $1.path }) {
            let seed = [UInt8](try Data(contentsOf: file))
            decoder(seed)
            var random = SeededGenerator(seed: 7)
            for _ in 0..<100 { decoder(Self.changed(seed, &random)) }
        }
    }

    @Test func everyFolderOfSeedsHasItsDecoder() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(Set(folders) == Set(FuzzedDecoder.all.map(\.name)))
    }

    /// Some bytes of it other ones, gone, or twice.
    private static func changed(_ seed: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...8, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }
}
