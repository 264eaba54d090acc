/// Who was in a saved audience at a place in the journal.
public struct AudienceBase: Sendable, Equatable {
    public let name: PlainName
    public let sequenceEnd: UInt64  // Changes before it are of another audience of the name.
    public let people: [PersonID]

    public init(name: PlainName, sequenceEnd: UInt64, people: [PersonID]) {
        self.name = name
        self.sequenceEnd = sequenceEnd
        self.people = people
    }
}
