import Base
import Domain

/// The kinds of JSON values that are told apart. The raw value is a column of counts.
public enum ValueKind: Int, Sendable, CaseIterable {
    case null, boolean, integer, number, string, array, object

    init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool: self = .boolean
        case .int: self = .integer
        case .double: self = .number
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        }
    }

    public var word: String { "\(self)" }
}

/// What was seen in one place of the events of a series.
struct FieldSeen: Sendable, Equatable {
    static let windowHours: Int32 = 6
    static let windowCount = QualityLimits.hourCount / Int(windowHours)
    static let valueBuckets = 16  // By hash or by size: enough to see a distribution move.
    static let columns = ValueKind.allCases.count + valueBuckets

    var kinds = [Int](repeating: 0, count: ValueKind.allCases.count)
    var values: [JSON: Int] = [:]
    var hasMoreValues = false
    var minimum: Double?
    var maximum: Double?
    var forms = [Int](repeating: 0, count: PersonalForm.allCases.count)
    var example = ""  // Of a personal form, masked.
    var windows = CountRing(slotCount: windowCount, width: columns)

    var count: Int { kinds.reduce(0, +) }

    mutating func note(_ json: JSON, _ hour: Hour) {
        let kind = ValueKind(json)
        kinds[kind.rawValue] += 1
        let window = hour.number / Self.windowHours
        windows.add(kind.rawValue, at: window)
        switch json {
        case .null, .array, .object: return
        case .bool(let flag): note(json, bucket: flag ? 1 : 0, window)
        case .int(let value): note(json, number: Double(value), window)
        case .double(let value): note(json, number: value, window)
        case .string(let text): note(json, text: text, window)
        }
    }

    private mutating func note(_ json: JSON, number: Double, _ window: Int32) {
        minimum = min(minimum ?? number, number)
        maximum = max(maximum ?? number, number)
        // Doubling sizes, the two signs apart: 16 buckets from below 1 to beyond 8192.
        let size = min(7, number == 0 ? 0 : max(0, Int(number.magnitude.exponent) / 2 + 1))
        note(json, bucket: number < 0 ? 8 + size : size, window)
    }

    private mutating func note(_ json: JSON, text: String, _ window: Int32) {
        if let form = PersonalForm(of: text) ?? PersonalForm(ofMasked: text),
            let place = PersonalForm.allCases.firstIndex(of: form)
        {
            forms[place] += 1
            if example.isEmpty { example = Self.masked(text) }
            hasMoreValues = true
            values = [:]  // A field that has held a phone number may hold others in other forms.
            return windows.add(ValueKind.allCases.count, at: window)
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a: the same in every process, unlike `Hasher`.
        for byte in text.utf8.prefix(QualityLimits.valueUTF8CountMax) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        note(json, bucket: Int(truncatingIfNeeded: (hash ^ hash >> 32) % UInt64(Self.valueBuckets)), window)
    }

    private mutating func note(_ json: JSON, bucket: Int, _ window: Int32) {
        windows.add(ValueKind.allCases.count + bucket, at: window)
        guard !hasMoreValues else { return }
        let isLong = (json.stringValue?.utf8.count ?? 0) > QualityLimits.valueUTF8CountMax
        if !isLong, values[json] != nil || values.count < QualityLimits.valueCountMax {
            values[json, default: 0] += 1
        } else {
            hasMoreValues = true
            values = [:]
        }
    }

    /// Takes back that a value was seen, so that it is not shown where nobody else has it; counts stay.
    mutating func forget(_ json: JSON) {
        if let count = values[json] { values[json] = count > 1 ? count - 1 : nil }
        if let text = json.stringValue, !example.isEmpty, example == Self.masked(text) { example = "" }
    }

    /// The first and last signs only.
    private static func masked(_ text: String) -> String {
        String(text.prefix(2)) + String(repeating: "*", count: min(12, max(1, text.count - 4))) + String(text.suffix(2))
    }
}

extension FieldSeen {
    func write(to out: inout ByteWriter) {
        for count in kinds { out.append(Int64(count)) }
        for count in forms { out.append(Int64(count)) }
        out.append(example)
        out.append(hasMoreValues ? 1 as UInt8 : 0)
        out.append(JSON.array([minimum, maximum].map { $0.map { .double($0) } ?? .null }).text)
        out.append(Int64(values.count))
        for (value, count) in values {
            out.append(JSON.array([value]).text)
            out.append(Int64(count))
        }
        windows.write(to: &out)
    }

    init(_ reader: inout ByteReader, _ parser: JSONParser) throws(CodecError) {
        self.init()
        for index in kinds.indices { kinds[index] = Int(try reader.integer()) }
        for index in forms.indices { forms[index] = Int(try reader.integer()) }
        example = try reader.text()
        hasMoreValues = try reader.byte() == 1
        let bounds = try reader.json(parser).arrayValue ?? []
        guard bounds.count == 2 else { throw .invalid(field: "bounds") }
        (minimum, maximum) = (bounds[0].doubleValue, bounds[1].doubleValue)
        for _ in 0..<max(0, try reader.integer()) {
            guard let value = try reader.json(parser).arrayValue?.first else { throw .invalid(field: "value") }
            values[value] = Int(try reader.integer())
        }
        try windows.read(&reader)
    }
}

extension ByteReader {
    fileprivate mutating func json(_ parser: JSONParser) throws(CodecError) -> JSON {
        let bytes = try slice()
        guard let json = try? parser.parse(bytes) else { throw .invalid(field: "json") }
        return json
    }
}
