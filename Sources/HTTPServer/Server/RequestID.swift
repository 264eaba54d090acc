import Base
import Synchronization

/// What names a request in logs and answers.
struct RequestID {
    private static let lengthMax = 128

    let text: String

    /// The client's own; nil unless it is sound: letters, digits, `-`, `_`, `.`.
    init?(_ given: String) {
        guard (1...Self.lengthMax).contains(given.utf8.count), given.utf8.allSatisfy(Self.isSound) else { return nil }
        text = given
    }

    fileprivate init(_ number: UInt64) { text = String(number, radix: 36) }

    private static func isSound(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// Makes names that look random and are all different until the process ends. The system is asked for randomness once:
/// a call for each request would cost more than the name.
final class RequestIDs: Sendable {
    private let first = UInt64.random(in: .min ... .max)
    private let count = Atomic<UInt64>(0)

    func next() -> RequestID {
        RequestID(SeededGenerator.mix(first &+ count.wrappingAdd(1, ordering: .relaxed).newValue))
    }
}
