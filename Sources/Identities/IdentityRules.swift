public import Domain

/// Which ids become one person.
///
/// An event that names several ids links the strongest (`PersonIdentifier.Kind`) with each of the others. A link joins
/// its two ids only while the weaker one is linked to few enough of the stronger one's kind: a device that three
/// accounts sign in on belongs to none of them. Two ids of the same kind are joined by an explicit `alias` alone, and
/// whatever an operator has separated stays apart.
///
/// All of it is a function of the set of what was seen, never of its order.
public struct IdentityRules: Sendable, Equatable {
    /// How many different ids of one stronger kind an id of this kind may be linked to before it joins none of them.
    public var budgets: [PersonIdentifier.Kind: Int] = [
        .unionid: 2, .openid: 2, .phoneHash: 2, .emailHash: 2, .device: 1, .anonymous: 1,
    ]

    public init() {}

    func budget(of kind: PersonIdentifier.Kind) -> Int { budgets[kind] ?? 0 }
}

extension EventName {
    /// An operator says that two ids are not one person; both are among the event's identifiers.
    public static let identitySeparated = EventName(validated: "identity_separated")
    /// An operator takes a separation back.
    public static let identityRejoined = EventName(validated: "identity_rejoined")
}
