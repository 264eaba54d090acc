private import Base
internal import Domain
internal import Learning

/// What a decision's context says, as features: `name=value` of its scalar members, and the channel.
enum ContextFeatures {
    static let memberCountMax = 32

    static func hashes(of decision: Decision) -> [FeatureHash] {
        let members = decision.context.members.prefix(memberCountMax).compactMap { member -> FeatureHash? in
            switch member.value {
            case .string(let text): FeatureHash("\(member.name)=\(text)")
            case .int(let number): FeatureHash("\(member.name)=\(number)")
            case .bool(let flag): FeatureHash("\(member.name)=\(flag)")
            case .double(let number): FeatureHash("\(member.name)=\(number)")
            case .null, .array, .object: nil
            }
        }
        return [FeatureHash("channel=\(decision.channel)")] + members
    }
}
