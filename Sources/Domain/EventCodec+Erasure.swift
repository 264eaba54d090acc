/// Whom an encoded event names, and the same event without some of them: in as many bytes, so that it can stand in the
/// place of the first.
extension EventCodec {
    /// What stands in the place of an event that is erased.
    public static let erasedVersion: UInt8 = 0

    /// The record without these people: nothing of an event that happened to one of them, and of an event of somebody
    /// else that names one beside them, all but that id. Where that id is the one to which the event links the others,
    /// it links none of them any more.
    ///
    /// - Parameter erasure: Where the erasure of a person stands in the journal; nil for all others.
    /// - Returns: As many bytes; nil where the record is no event or names none of them.
    /// - Throws: Where the event cannot be read.
    public static func erasing(
        _ erasure: (PersonID) -> UInt64?, from bytes: [UInt8]
    ) throws(CodecError) -> [UInt8]? {
        guard let version = bytes.first, (Self.version...versionWithBoth).contains(version) else { return nil }
        let parts = try parts(of: bytes)
        if let sequence = erasure(parts.person) { return erased(by: sequence, byteCount: bytes.count) }
        guard parts.identifiers.contains(where: { erasure($0.id) != nil }) else { return nil }
        let isUnlinked = parts.anchor.map { erasure($0.id) != nil } ?? true
        let kept = isUnlinked ? [] : parts.identifiers.filter { erasure($0.id) == nil }
        let isCorrected = version == versionWithBoth
        var out = ByteWriter(capacity: bytes.count)
        for byte in bytes[..<parts.identifiersBegin] { out.append(byte) }
        append(kept, to: &out)
        for byte in bytes[parts.identifiersEnd...] { out.append(byte) }
        var shorter = out.bytes
        shorter[0] = Self.version(hasIdentifiers: !kept.isEmpty, isCorrected: isCorrected)
        return shorter + [UInt8](repeating: 0, count: bytes.count - shorter.count)
    }

    /// - Precondition: An event has more bytes than a number: ten at most.
    private static func erased(by sequence: UInt64, byteCount: Int) -> [UInt8] {
        var out = ByteWriter(capacity: byteCount)
        out.append(erasedVersion)
        out.append(Int64(clamping: sequence))
        return out.bytes + [UInt8](repeating: 0, count: byteCount - out.bytes.count)
    }

    private struct Parts {
        let person: PersonID
        let isAlias: Bool
        var identifiers: [PersonIdentifier] = []
        var identifiersBegin = 0
        var identifiersEnd = 0

        /// The identifier that the others are linked to.
        var anchor: PersonIdentifier? {
            PersonIdentifier.anchor(of: identifiers, person: person, isAlias: isAlias)
        }
    }

    private static func parts(of bytes: [UInt8]) throws(CodecError) -> Parts {
        var reader = ByteReader(bytes)
        let version = try reader.byte()
        _ = try (reader.slice(), reader.slice())  // Id and source.
        let person = PersonID(validated: try reader.text())
        let name = try reader.slice()
        var parts = Parts(person: person, isAlias: name.elementsEqual(EventName.alias.text.utf8))
        guard version == versionWithIdentifiers || version == versionWithBoth else { return parts }
        _ = try (reader.slice(), reader.integer(), reader.integer(), reader.slice())  // Channel, times and subject.
        if try !reader.slice().isEmpty { _ = try reader.integer() }  // The value.
        _ = try (reader.slice(), reader.slice())  // Decision and properties.
        parts.identifiersBegin = reader.position
        parts.identifiers = try reader.identifiers()
        parts.identifiersEnd = reader.position
        return parts
    }
}

extension PersonIdentifier {
    /// The identifier of an event that the others are linked to: the event's own person where it is of the strongest
    /// kind.
    public static func anchor(
        of identifiers: [PersonIdentifier], person: PersonID, isAlias: Bool
    ) -> PersonIdentifier? {
        let own = identifiers.first { $0.id == person }
        guard let strongest = identifiers.min() else { return nil }
        if let own, isAlias || own.kind == strongest.kind { return own }
        return strongest
    }
}
