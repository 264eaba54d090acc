import Base
import Collect

/// Names refused records to the person who imports: the first ones each, then their number; all of them in a file.
final class RefusalReport {
    static let namedMax = 20

    private let place: String
    private let file: OutputFile?
    private var count = 0

    /// - Parameters:
    ///   - place: How a row's number is called.
    ///   - file: Takes every refused record, one JSON object a line.
    init(place: String, file: OutputFile?) {
        self.place = place
        self.file = file
    }

    func add(_ record: PlacedRecord, _ refusal: Refusal) throws {
        count += 1
        if count <= Self.namedMax {
            Terminal.endProgress()
            Terminal.complain("\(place) \(record.number): \(refusal.reason.rawValue): \(refusal.detail)")
        }
        try file?.write(Self.line(record, refusal, place: place))
    }

    /// With its line break.
    static func line(_ record: PlacedRecord, _ refusal: Refusal, place: String) -> [UInt8] {
        let content = (try? record.content.get()) ?? .string(String(decoding: record.text, as: UTF8.self))
        let line: JSON = [
            "\(place)": .int(Int64(record.number)), "reason": .string(refusal.reason.rawValue),
            "detail": .string(refusal.detail), "record": content,
        ]
        return line.bytes + [0x0A]
    }

    func end() {
        if count > Self.namedMax { Terminal.complain("… and \(count - Self.namedMax) more") }
    }
}
