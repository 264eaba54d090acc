import Base
import Domain

extension EventDraft {
    private static let contactKinds: [String: PersonIdentifier.Kind] = [
        "email": .emailHash, "$email": .emailHash, "email_address": .emailHash, "$identity_email": .emailHash,
        "phone": .phoneHash, "$phone": .phoneHash, "phone_number": .phoneHash, "mobile": .phoneHash,
        "$identity_mobile": .phoneHash,
    ]

    /// Names the person by the hashes of their own phone numbers and e-mail addresses too, in the order in which their
    /// fields stand, and notes these fields: their clear text is not kept.
    ///
    /// - Parameters:
    ///   - traits: What a sender says of the person, never what happened: the address in a `share` is someone else's.
    ///     What does not look like a whole number or address (`138****0000`, `none`) names nobody.
    ///   - place: Where in `properties` a field of this name stands; nil where it does not.
    mutating func addContacts(
        in traits: JSONObject?, at place: (String) -> [FieldPath.Step]? = { [.member($0)] }
    ) {
        for member in traits?.members ?? [] {
            guard let kind = Self.contactKinds[member.name], let contact = Contact(member.value),
                contact.kind == kind, let hash = contact.hash
            else { continue }
            identifiers.append(Identifier(kind, .string(hash)))
            if let path = place(member.name) { contactPlaces.append(path) }
        }
    }
}

/// A value that is a whole phone number or e-mail address.
struct Contact {
    private static let textUTF8CountMax = 254

    let kind: PersonIdentifier.Kind
    let masked: String
    private let text: String

    init?(_ json: JSON) {
        guard let given = json.stringValue ?? json.intValue.map(String.init),
            given.utf8.count <= Self.textUTF8CountMax
        else { return nil }
        let text = PersonalHash.trimmed(given)
        guard let masked = PersonalForm.masked(text) else { return nil }
        kind = PersonalForm(of: text) == .email ? .emailHash : .phoneHash
        self.masked = masked
        self.text = text
    }

    var hash: String? { PersonalHash.hex(text, as: kind == .emailHash ? .email : .phone) }
}

extension JSON {
    /// The same with the phone numbers and e-mail addresses at these steps masked; what else stands there stays.
    func maskingContacts(at steps: ArraySlice<FieldPath.Step>) -> JSON {
        switch (steps.first, self) {
        case (nil, _): Contact(self).map { .string($0.masked) } ?? self
        case (.member(let name)?, .object(let object)): .object(object.maskingContacts(at: name, steps.dropFirst()))
        case (.element?, .array(let elements)): .array(elements.map { $0.maskingContacts(at: steps.dropFirst()) })
        case (.some, _): self
        }
    }
}

extension JSONObject {
    /// - Parameter rest: The steps that follow the member.
    fileprivate func maskingContacts(at name: String, _ rest: ArraySlice<FieldPath.Step>) -> JSONObject {
        JSONObject(
            members.map { member in
                member.name == name ? Member(name: name, value: member.value.maskingContacts(at: rest)) : member
            })
    }
}
