/// What a caller may ask for. `Authority.may` is the whole table of who may do what.
public enum Permission: String, Sendable, CaseIterable {
    case send  // Put events in.
    case decide  // Ask for decisions.
    case read  // Every query.
    case operate  // Change what runs: try quarantined events again.
    case administer  // Users and tokens.
}

/// What a token was made for. The raw value is its word on the wire.
public enum TokenKind: String, Sendable, CaseIterable {
    case write, read, admin
}

/// What a person who signs in may do. The raw value is its word on the wire.
public enum Role: String, Sendable, CaseIterable {
    case viewer, `operator`, admin
}

/// What a caller's permissions follow from.
public enum Authority: Hashable, Sendable {
    case token(TokenKind)
    case user(Role)

    public func may(_ permission: Permission) -> Bool {
        switch (self, permission) {
        case (.token(.admin), _), (.user(.admin), _): true
        case (.token(.write), .send), (.token(.write), .decide): true
        case (.token(.write), .read), (.token(.write), .operate), (.token(.write), .administer): false
        case (.token(.read), _): permission == .read
        case (.user(.viewer), _): permission == .read
        case (.user(.operator), _): permission != .administer
        }
    }
}
