public import Base
public import Domain

/// What each step does. As it is made, no event is changed: the clock is corrected, as it was when the event came in,
/// and all else is off.
public struct CleaningSettings: Sendable, Equatable {
    public var clockSkew = ClockSkewSettings()
    public var timeBounds = TimeBoundsSettings()
    public var traffic = TrafficSettings()
    public var text = TextSettings()
    public var units = UnitSettings()
    public var aliases = AliasSettings()

    public init() {}
}

public struct ClockSkewSettings: Sendable, Equatable {
    /// On: the time as corrected with `sentAt`. Off: the time that the sender's clock said.
    public var isOn = true
}

public struct TimeBoundsSettings: Sendable, Equatable {
    public enum Action: String, Sendable, CaseIterable {
        case mark  // The property `timing` says `late` or `ahead`.
        case clamp  // The time becomes the bound.
    }

    public var isOn = false
    public var pastDaysMax = 30  // Before the receipt.
    public var aheadMinutesMax = 10  // Of the receipt.
    public var action = Action.mark
}

public struct TrafficSettings: Sendable, Equatable {
    /// Texts that tell a program from a person, with where they come from and since when they hold.
    public struct BotRules: Sendable, Equatable {
        public var source = ""
        public var effectiveFrom = ""  // A day such as `2026-11-01`.
        public var patterns: [String] = []  // Parts of user agents; upper and lower case are the same.
    }

    public var isOn = false
    public var userAgentProperties = ["user_agent", "$user_agent", "$raw_user_agent", "useragent"]
    public var addressProperties = ["ip", "$ip"]
    public var bots = BotRules()
    public var ownPeople: [PersonID] = []
    public var ownAddressPrefixes: [String] = []  // Such as `203.0.113.` or a whole address.
    public var ownUserAgents: [String] = []  // Parts of user agents.
}

public struct TextSettings: Sendable, Equatable {
    public var isOn = false
    public var isComposed = true  // Unicode NFC.
    public var isNarrow = true  // Full-width digits and Latin letters become half-width.
}

public struct UnitSettings: Sendable, Equatable {
    /// A property made of another: `to` = `from` · `factor`.
    public struct Rule: Sendable, Equatable {
        public let from: String
        public let to: String
        public let factor: ExactDecimal
    }

    public var isOn = false
    public var reportingCurrency: Currency?  // Nil: amounts stay in their own.
    public var rules: [Rule] = []
}

public struct AliasSettings: Sendable, Equatable {
    public struct Rule: Sendable, Equatable {
        public let from: String
        public let to: String

        public init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    public var isOn = false
    public var subjects: [Rule] = []  // Whole subjects, such as `product:A1`.
    public var subjectPrefixes: [Rule] = []  // How subjects begin, such as `product:old-`.
    public var channels: [Rule] = []
    public var channelPrefixes: [Rule] = []
}

/// Why settings are none.
public struct CleaningSettingsError: Error, Equatable, Sendable {
    public let place: String  // Such as `steps[4].rules[0].factor`.
    public let rule: String  // What must stand there.
}
