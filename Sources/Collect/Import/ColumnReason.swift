/// Why a column is taken for what it is taken for.
public enum ColumnReason: Sendable, Equatable {
    case name(String)  // In its normal form.
    case nameContains(String)
    case phones, emails, times, empty
    case mismatch(ColumnRole)  // The name speaks of it, the values do not.
    case hashes(String)  // Of what the name speaks of.
    case another(String)  // The column that is surer to have the role.
    case unclear

    /// Stable; the console has words for it.
    public var code: String {
        switch self {
        case .name: "name"
        case .nameContains: "name_contains"
        case .phones: "phones"
        case .emails: "emails"
        case .times: "times"
        case .empty: "empty"
        case .mismatch: "mismatch"
        case .hashes: "hashes"
        case .another: "another"
        case .unclear: "unclear"
        }
    }

    /// What the reason speaks of; empty where it speaks of nothing.
    public var word: String {
        switch self {
        case .name(let word), .nameContains(let word), .hashes(let word), .another(let word): word
        case .mismatch(let role): role.rawValue
        case .phones, .emails, .times, .empty, .unclear: ""
        }
    }

    /// In words, for the command line.
    public var text: String {
        switch self {
        case .name(let word): "the name is \(word)"
        case .nameContains(let word): "the name contains \(word)"
        case .phones: "the values are mobile numbers, of which only the hash is taken"
        case .emails: "the values are e-mail addresses, of which only the hash is taken"
        case .times: "the values are times"
        case .empty: "it is empty in the sample"
        case .mismatch(let role): "the name says \(role.rawValue), the values do not"
        case .hashes(let word): "the name says \(word), the values are hashes"
        case .another(let column): "\(column) is surer to be it"
        case .unclear: "neither name nor values tell more"
        }
    }
}
