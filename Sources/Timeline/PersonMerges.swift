import Domain
import Kernels

/// Which ids of one timeline are one person: their codes, group by group. Ids that are in none are people by
/// themselves.
public struct PersonMerges: Sendable {
    /// Nobody has more than one id.
    public static let none = PersonMerges([])

    /// One person and the codes of their ids, ascending.
    struct Group: Sendable, Equatable {
        let person: PersonID  // Stands for all of them; need not be one that the timeline knows.
        let codes: [UInt32]
    }

    let groups: [Group]
    let isMerged: [UInt64]  // A bit for each code that is in a group.
    private let rankByWord: [UInt32]  // Merged codes before each word of `isMerged`.
    private let groupByRank: [UInt32]  // Of the merged codes, ascending.

    /// - Precondition: No code is in two groups.
    /// - Complexity: O(codes in groups + largest of them / 64).
    init(_ groups: [Group]) {
        self.groups = groups
        let last = groups.lazy.compactMap(\.codes.last).max()
        var bits = [UInt64](repeating: 0, count: last.map { Int($0) / 64 + 1 } ?? 0)
        for group in groups {
            for code in group.codes { bits[Int(code) / 64] |= 1 << UInt64(code % 64) }
        }
        var ranks: [UInt32] = []
        ranks.reserveCapacity(bits.count)
        var count = 0
        for word in bits {
            ranks.append(UInt32(count))
            count += word.nonzeroBitCount
        }
        isMerged = bits
        rankByWord = ranks
        var byRank = [UInt32](repeating: 0, count: count)
        for (number, group) in groups.enumerated() {
            for code in group.codes { byRank[Self.rank(of: code, bits, ranks)] = UInt32(number) }
        }
        groupByRank = byRank
    }

    private static func rank(of code: UInt32, _ bits: [UInt64], _ ranks: [UInt32]) -> Int {
        let word = Int(code) / 64
        return Int(ranks[word]) + (bits[word] & ((1 << UInt64(code % 64)) - 1)).nonzeroBitCount
    }

    /// The group that a code is in; nil for an id that is a person by itself.
    ///
    /// - Complexity: O(1).
    func group(of code: UInt32) -> Group? {
        guard isSet(Int(code), in: isMerged.span) else { return nil }
        return groups[Int(groupByRank[Self.rank(of: code, isMerged, rankByWord)])]
    }
}
