import Base
import Domain
import Synchronization

/// How many codes each dictionary had given at some moment: the codes below these are the ones that moment knows.
struct DictionaryCounts: Sendable, Equatable {
    var people = 0
    var names = 0
    var channels = 0
    var subjects = 0
    var decisions = 0
    var currencies = 0
    var texts = 0
}

/// The texts behind the codes of a timeline. Codes are only ever added, so that readers of any age can share them.
final class Dictionaries: Sendable {
    static let nameCountMax = 65_535
    static let channelCountMax = 255
    static let currencyCountMax = 255

    /// Code 0 of subjects, decisions and currencies is the empty text and means "none".
    struct Tables: Sendable {
        var people = TextTable()
        var names = TextTable()
        var channels = TextTable()
        var subjects = TextTable()  // The first byte is the position of the kind in `Subject.Kind.allCases`.
        var decisions = TextTable()
        var currencies = TextTable()
        var texts = TextTable()  // Of indexed properties.

        init() {
            _ = subjects.intern("")
            _ = decisions.intern("")
            _ = currencies.intern("")
        }

        var counts: DictionaryCounts {
            DictionaryCounts(
                people: people.count, names: names.count, channels: channels.count, subjects: subjects.count,
                decisions: decisions.count, currencies: currencies.count, texts: texts.count)
        }

        var byteCount: Int {
            [people, names, channels, subjects, decisions, currencies, texts].reduce(0) { $0 + $1.byteCount }
        }
    }

    let mark = UInt64.random(in: .min ... .max)  // Tells a timeline from all others.
    private let tables: Mutex<Tables>

    init(_ tables: Tables = Tables()) { self.tables = Mutex(tables) }

    func withTables<Result: Sendable, Failure: Error>(
        _ body: (inout Tables) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try tables.withLock { (tables) throws(Failure) -> Result in try body(&tables) }
    }
}

extension Dictionaries.Tables {
    private static let kindPositions: [Subject.Kind: UInt8] = Dictionary(
        uniqueKeysWithValues: Subject.Kind.allCases.enumerated().map { ($1, UInt8($0)) })

    static func position(of kind: Subject.Kind) -> UInt8 { kindPositions[kind] ?? .max }

    /// The codes of an event; names and channels past the last code are all counted as `other`.
    mutating func encode(_ event: Event, sequence: UInt64) -> HeadEvent {
        HeadEvent(
            timeMs: event.time.unixMs, sequence: sequence, person: people.intern(event.person.text),
            subject: event.subject.map { intern($0) } ?? 0,
            decision: event.decision.map { decisions.intern($0.text) } ?? 0,
            minor: event.value?.minor ?? 0,
            name: UInt16(names.intern(event.name.text, countMax: Dictionaries.nameCountMax)),
            channel: UInt8(channels.intern(event.channel.text, countMax: Dictionaries.channelCountMax)),
            currency: event.value.map {
                UInt8(currencies.intern($0.currency.code, countMax: Dictionaries.currencyCountMax))
            } ?? 0)
    }

    private mutating func intern(_ subject: Subject) -> UInt32 { subjects.intern(Self.key(of: subject).span) }

    func code(of subject: Subject) -> UInt32? { subjects.code(of: Self.key(of: subject).span) }

    private static func key(of subject: Subject) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(1 + subject.id.utf8.count)
        text.append(position(of: subject.kind))
        text += subject.id.utf8
        return text
    }

    func subject(of code: UInt32) -> Subject? {
        guard code != 0 else { return nil }
        let bytes = subjects.bytes[subjects.range(of: code)]
        guard let kind = bytes.first, Int(kind) < Subject.Kind.allCases.count else { return nil }
        return Subject(kind: Subject.Kind.allCases[Int(kind)], id: String(decoding: bytes.dropFirst(), as: UTF8.self))
    }

    /// The kind of each subject below `count`, by code; `UInt8.max` for "none".
    func subjectKinds(count: Int) -> [UInt8] {
        (0..<count).map { code in
            let range = subjects.range(of: UInt32(code))
            return range.isEmpty ? .max : subjects.bytes[range.lowerBound]
        }
    }

    func currency(of code: UInt8) -> Currency? { Currency(code: currencies.text(of: UInt32(code))) }

    func entry(_ codes: CodedEvent) -> TimelineEntry {
        TimelineEntry(
            sequence: codes.sequence, time: EventTime(clampingUnixMs: codes.timeMs),
            name: EventName(validated: names.text(of: UInt32(codes.name))),
            channel: Channel(validated: channels.text(of: UInt32(codes.channel))),
            subject: subject(of: codes.subject),
            value: currency(of: codes.currency).flatMap { Money(minor: codes.minor, currency: $0) },
            decision: codes.decision == 0 ? nil : DecisionID(validated: decisions.text(of: codes.decision)))
    }
}

extension TextTable {
    private static let overflow = "other"

    /// As `intern`, with at most `countMax` codes: the last one is for all texts that came too late.
    fileprivate mutating func intern(_ text: String, countMax: Int) -> UInt32 {
        if count < countMax - 1 { return intern(text) }
        return code(of: text) ?? intern(Self.overflow)
    }
}
