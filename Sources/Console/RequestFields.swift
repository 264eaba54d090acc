import Base
import Domain
import HTTPServer

/// A request ends here, with this answer.
struct Refusal: Error {
    let response: HTTPResponse

    init(_ response: HTTPResponse) { self.response = response }

    init(_ status: Int, _ code: String, _ detail: String) {
        self.init(.problem(status, code: code, detail: detail))
    }

    /// Understood, but this field is not what it may be.
    init(field: String, _ detail: String) {
        let member = JSONObject.Member(name: "field", value: .string(field))
        self.init(
            .problem(422, code: "invalid_\(field)", detail: "`\(field)` \(detail)", more: JSONObject([member])))
    }
}

/// The fields of a small JSON object that came as the body of a request.
struct RequestFields {
    static let bodyBytesMax = 16_384

    private let object: JSONObject

    /// JSON must be declared as such: no form of a foreign page can send that type without being asked.
    init(_ request: HTTPRequest, known: [String]) throws(Refusal) {
        guard request.mediaType == "application/json" else {
            throw Refusal(415, "unsupported_media_type", "send a JSON object with `Content-Type: application/json`")
        }
        guard request.body.count <= Self.bodyBytesMax else {
            throw Refusal(413, "body_too_large", "the body may have \(Self.bodyBytesMax) bytes")
        }
        do throws(JSONError) {
            let value = try JSON.parse(request.body)
            guard let object = value.objectValue else {
                throw JSONError(
                    reason: "a JSON object is wanted, not a value of type \(value.kindName)", byteOffset: nil)
            }
            self.object = object
        } catch {
            let place = error.byteOffset.map { " at byte \($0)" } ?? ""
            throw Refusal(400, "malformed_json", "the body cannot be read\(place): \(error.reason)")
        }
        try check(known: known)
    }

    private func check(known: [String]) throws(Refusal) {
        guard let stranger = object.members.first(where: { !known.contains($0.name) }) else { return }
        let names = known.map { "`\($0)`" }.joined(separator: ", ")
        throw Refusal(400, "unknown_field", "`\(stranger.name.prefix(100))` is no field here; there are \(names)")
    }

    func text(_ name: String) throws(Refusal) -> String {
        guard let value = object[name] else { throw Refusal(field: name, "is missing; it is a text") }
        guard let text = value.stringValue else {
            throw Refusal(field: name, "is a text, not a value of type \(value.kindName)")
        }
        return text
    }

    /// One of the words of `Word`.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, of type: Word.Type
    ) throws(Refusal) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try text(name)) else {
            throw Refusal(field: name, "is one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// A name for someone new. Narrower than `UserName`, so that it can be read, typed, and be a part of a path.
    func newUserName() throws(Refusal) -> UserName {
        let text = try text("name")
        let isReadable = text.allSatisfy { $0.isLetter || $0.isNumber || " ._-@+".contains($0) }
        guard isReadable, text.first.map({ $0.isLetter || $0.isNumber }) ?? false, let name = UserName(text) else {
            throw Refusal(
                field: "name",
                "has 1 to \(UserName.utf8CountMax) bytes: letters, digits, and . _ - @ + or blanks after the first")
        }
        return name
    }

    func newPassword() throws(Refusal) -> String {
        let text = try text("password")
        guard text.count >= Self.passwordCharactersMin, text.utf8.count <= Self.passwordBytesMax else {
            throw Refusal(
                field: "password",
                "has at least \(Self.passwordCharactersMin) characters and at most \(Self.passwordBytesMax) bytes")
        }
        return text
    }

    /// Not the sources of Quanyu's own events: nobody may send in its name, or in that of a user.
    func newSourceName() throws(Refusal) -> SourceName {
        let text = try text("name")
        guard let name = SourceName(text) else {
            throw Refusal(
                field: "name",
                "has 1 to \(SourceName.utf8CountMax) bytes, no control character, and no white space at its ends")
        }
        guard !name.isReserved else {
            throw Refusal(field: "name", "cannot be quanyu or begin with user: — those are sources of Quanyu's own")
        }
        return name
    }

    static let passwordCharactersMin = 10
    static let passwordBytesMax = 1024
}
