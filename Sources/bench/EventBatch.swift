import Base

/// A request's body of made-up events, made once and then told apart by rewriting digits in place: making the traffic
/// costs next to nothing beside the servers that are measured.
struct EventBatch {
    /// How the events of one body stand beside one another.
    enum Form { case array, lines }

    private static let idDigits = 12
    private static let personDigits = 9
    private static let names = ["product_exposure", "product_exposure", "product_click", "add_to_cart"]

    let eventCount: Int
    private let personCount: Int
    private(set) var bytes: [UInt8] = []
    private var ids: [Int] = []  // Where the digits of each event's id begin.
    private var people: [Int] = []

    init(eventCount: Int, personCount: Int, form: Form, timeMs: Int64) {
        self.eventCount = eventCount
        self.personCount = personCount
        if form == .array { bytes.append(UInt8(ascii: "[")) }
        for index in 0..<eventCount {
            if index > 0 { bytes.append(form == .array ? UInt8(ascii: ",") : 0x0A) }
            append(#"{"id":"event-"#)
            ids.append(bytes.count)
            append(String(repeating: "0", count: Self.idDigits) + #"","person":"person-"#)
            people.append(bytes.count)
            append(String(repeating: "0", count: Self.personDigits))
            let mixed = SeededGenerator.mix(UInt64(index))
            append(#"","name":"\#(Self.names[Int(mixed % 4)])","channel":"live","time":\#(timeMs + Int64(index))"#)
            append(#","subject":"product:\#(mixed % 10_000)"}"#)
        }
        if form == .array { bytes.append(UInt8(ascii: "]")) }
    }

    /// Makes the events those from number `first` on: other ids, other people.
    mutating func renumber(from first: Int) {
        for index in 0..<eventCount {
            let number = first + index
            write(number, digits: Self.idDigits, at: ids[index])
            let person = Int(SeededGenerator.mix(UInt64(number)) % UInt64(personCount))
            write(person, digits: Self.personDigits, at: people[index])
        }
    }

    private mutating func append(_ text: String) { bytes += text.utf8 }

    private mutating func write(_ number: Int, digits: Int, at place: Int) {
        var rest = number
        for digit in (0..<digits).reversed() {
            bytes[place + digit] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
