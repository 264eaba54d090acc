import Base
import Domain

extension EventDraft.Identifier {
    private static let kinds: [String: PersonIdentifier.Kind] = [
        "email": .emailHash, "$email": .emailHash, "email_address": .emailHash, "$identity_email": .emailHash,
        "phone": .phoneHash, "$phone": .phoneHash, "phone_number": .phoneHash, "mobile": .phoneHash,
        "$identity_mobile": .phoneHash,
    ]

    /// The hashes of a person's own phone numbers and e-mail addresses, in the order in which their fields stand.
    ///
    /// - Parameter traits: What a sender says of the person, never what happened: the address in a `share` is someone
    ///   else's. What does not look like a whole number or address (`138****0000`, `none`) names nobody.
    static func contacts(in traits: JSONObject?) -> [Self] {
        (traits?.members ?? []).compactMap { member in
            guard let kind = kinds[member.name],
                let text = member.value.stringValue ?? member.value.intValue.map(String.init)
            else { return nil }
            let form: PersonalHash.Form = kind == .emailHash ? .email : .phone
            guard PersonalForm(of: text) == (form == .email ? .email : .phone),
                let hash = PersonalHash.hex(text, as: form)
            else { return nil }
            return Self(kind, .string(hash))
        }
    }
}
