import Base
import Domain
private import Foundation

/// One form for texts that look the same: Unicode NFC, and half-width digits and Latin letters.
///
/// Ids of people are never touched, since they are who someone is. What an event that names a decision is about stays
/// as decided, so that the two can be compared.
struct TextForm: ReadyStep {
    static let step = CleaningStep.text

    let isComposed: Bool
    let isNarrow: Bool

    init(_ settings: TextSettings) {
        isComposed = settings.isComposed
        isNarrow = settings.isNarrow
    }

    func callAsFunction(_ event: inout Event) -> StepOutcome {
        var isChanged = false
        if let name = changed(event.name.text).flatMap({ EventName($0) }) { (event.name, isChanged) = (name, true) }
        if let channel = changed(event.channel.text).flatMap({ Channel($0) }) {
            (event.channel, isChanged) = (channel, true)
        }
        if event.decision == nil, let old = event.subject,
            let subject = changed(old.id).flatMap({ Subject(kind: old.kind, id: $0) })
        {
            (event.subject, isChanged) = (subject, true)
        }
        if event.name != .decision, let properties = changed(event.properties) {
            (event.properties, isChanged) = (properties, true)
        }
        return isChanged ? .changed : .untouched
    }

    /// Nil where nothing changes; else with the members of the same names.
    private func changed(_ object: JSONObject) -> JSONObject? {
        guard object.members.contains(where: { changed($0.value) != nil }) else { return nil }
        return JSONObject(object.members.map { JSONObject.Member(name: $0.name, value: changed($0.value) ?? $0.value) })
    }

    private func changed(_ value: JSON) -> JSON? {
        switch value {
        case .string(let text): changed(text).map { .string($0) }
        case .object(let object): changed(object).map { .object($0) }
        case .array(let elements):
            elements.contains { changed($0) != nil } ? .array(elements.map { changed($0) ?? $0 }) : nil
        case .null, .bool, .int, .double: nil
        }
    }

    /// Nil where the text has the form already.
    func changed(_ text: String) -> String? {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }), !text.unicodeScalars.allSatisfy(Self.isSettled) else { return nil }
        // Narrow before composing: a letter may find its mark only once it is an ASCII one.
        let narrow = isNarrow ? Self.narrowed(text) : text
        let formed = isComposed ? narrow.precomposedStringWithCanonicalMapping : narrow
        return formed.utf8.elementsEqual(text.utf8) ? nil : formed  // Texts compare equal whatever their form.
    }

    /// Has one form and joins with nothing: most of what is written in Latin letters and Chinese characters.
    private static func isSettled(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x2FF, 0x3000...0x3029, 0x4E00...0x9FFF, 0xFF01...0xFF0F, 0xFF1A...0xFF20: true
        default: false
        }
    }

    private static func narrowed(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { narrow($0) != $0 }) else { return text }
        var narrowed = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { narrowed.append(narrow(scalar)) }
        return String(narrowed)
    }

    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        default: scalar
        }
    }
}
