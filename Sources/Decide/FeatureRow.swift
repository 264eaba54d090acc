import Base
import Domain
private import Glibc
import Learning

/// What all rows of one decision share: hashes of place, channel and context.
struct FeaturePlace {
    let surface: FeatureHash
    let channel: FeatureHash
    let contexts: [FeatureHash]

    static let contextCountMax = 8

    /// Texts, flags and whole numbers of the context become features, the first eight of them; the rest is only kept.
    init(surface: String, channel: Channel, context: JSONObject) {
        self.surface = FeatureHash(surface)
        self.channel = FeatureHash(channel.text)
        contexts = Array(
            context.members.lazy.compactMap { member in
                Self.text(member.value).map { FeatureHash(member.name + "=" + $0) }
            }.prefix(Self.contextCountMax))
    }

    init(_ decision: Decision) {
        self.init(surface: decision.surface, channel: decision.channel, context: decision.context)
    }

    private static func text(_ value: JSON) -> String? {
        switch value {
        case .string(let text): text.utf8.count <= 200 ? text : nil
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .null, .double, .array, .object: nil
        }
    }
}

/// The hashed features of one candidate, each with value 1. Nothing tells the position, which is not known before the
/// draw.
struct FeatureRow {
    private(set) var features: [FeatureHash] = []
    private var field: UInt64 = 0

    init(_ facts: Facts, view: PersonView, place: FeaturePlace) {
        features.reserveCapacity(24 + 2 * place.contexts.count)
        let isBought: UInt64 = facts.bought > 0 ? 1 : 0
        addHistory(facts, isBought: isBought)
        addItem(facts, isBought: isBought)
        let category = Self.number(facts.category)
        add(place.surface)
        add(facts.hash, place.surface)
        add(facts.hash, place.channel)
        add(facts.hash, Self.number(view.weekday))
        add(category, Self.number(view.hour / 3))
        add(Self.bucket(Double(view.history.baskets), perDoubling: 2), Self.number(isBought))
        for context in place.contexts {
            add(context, facts.hash)
            add(context, category)
        }
    }

    /// What the person did with the item and with its category.
    private mutating func addHistory(_ facts: Facts, isBought: UInt64) {
        let bought = Self.bucket(facts.bought, perDoubling: 2.5)
        let since = facts.daysSince.map { Self.bucket(1 + $0, perDoubling: 2.5) } ?? Self.number(0)
        let ratio = facts.gapRatio.map { Self.number(1 + Int(min(max(3 * log2($0 + 0.05) + 13, 0), 24))) }
        let share = Self.bucket(facts.basketShare * 100, perDoubling: 2.5)
        let recent = Self.bucket(facts.recentShare * 100, perDoubling: 2.5)
        let repeats = Self.bucket(facts.repeatRate * 100, perDoubling: 3)
        add(bought, since)
        add(bought, ratio ?? Self.number(0))
        add(share, since)
        add(share, ratio ?? Self.number(0))
        add(recent, since)
        add(recent, ratio ?? Self.number(0))
        add(repeats, bought)
        add(repeats, ratio ?? Self.number(0))
        add(Self.bucket(facts.touched, perDoubling: 2))
        add(Self.bucket(facts.categoryShare * 100, perDoubling: 2), Self.number(isBought))
        add(Self.bucket(facts.departmentShare * 100, perDoubling: 2), Self.number(isBought))
        add(Self.number(facts.category), ratio ?? Self.number(0))
    }

    private mutating func addItem(_ facts: Facts, isBought: UInt64) {
        add(facts.hash)
        add(Self.number(facts.category), Self.number(isBought))
        add(Self.number(Int(facts.popularityGap)), Self.number(isBought))
        add(Self.bucket(facts.together * 100, perDoubling: 2), Self.number(isBought))
        add(Self.number(facts.isNew ? 1 : 0))
    }

    /// Fields are numbered in the order in which they are added, always the same.
    private mutating func add(_ a: FeatureHash, _ b: FeatureHash = FeatureRow.number(0)) {
        field += 1
        features.append(Self.number(field).crossed(with: a).crossed(with: b))
    }

    private static func number(_ value: some BinaryInteger) -> FeatureHash {
        FeatureHash(bits: UInt64(truncatingIfNeeded: value))
    }

    /// Logarithmic buckets of `1 + value`.
    private static func bucket(_ value: Double, perDoubling count: Double) -> FeatureHash {
        number(Int(min(max(log2(1 + value) * count, 0), 60)))
    }
}
