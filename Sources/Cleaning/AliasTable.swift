import Domain

/// Whole names and beginnings of names, and what stands for them. A whole name counts before a beginning, a longer
/// beginning before a shorter one; what comes out is looked up again until nothing fits.
struct AliasTable: Sendable {
    typealias Rule = AliasSettings.Rule

    private let whole: [String: String]
    private let prefixes: [Rule]  // The longest first.
    private let roundsMax: Int

    private static let shorteningsMax = 1024  // More than a name has bytes.

    init(_ rules: [Rule], prefixes: [Rule]) {
        whole = Dictionary(rules.map { ($0.from, $0.to) }) { _, last in last }
        self.prefixes = prefixes.sorted { $0.from.utf8.count > $1.from.utf8.count }
        roundsMax = rules.count + prefixes.count + Self.shorteningsMax
    }

    var isEmpty: Bool { whole.isEmpty && prefixes.isEmpty }

    /// Nil where no rule fits.
    func name(for name: String) -> String? {
        guard var found = step(name) else { return nil }
        for _ in 0..<roundsMax {  // `fault` keeps rules from going round: it ends before.
            guard let next = step(found) else { break }
            found = next
        }
        return found
    }

    private func step(_ name: String) -> String? {
        if let other = whole[name] { return other }
        guard let rule = prefixes.first(where: { name.hasPrefix($0.from) }) else { return nil }
        return rule.to + name.dropFirst(rule.from.count)
    }
}

extension AliasTable {
    struct Fault {
        let place: String
        let rule: String
    }

    /// What is wrong with the rules; nil where nothing is.
    static func fault(in settings: AliasSettings) -> Fault? {
        let subjects = settings.subjects.enumerated().lazy.compactMap { index, rule -> Fault? in
            guard let from = Subject(rule.from), let to = Subject(rule.to), from.kind == to.kind else {
                return Fault(place: "subjects[\(index)]", rule: "must name two subjects of one kind, as product:42")
            }
            return nil
        }
        let beginnings = settings.subjectPrefixes.enumerated().lazy.compactMap { index, rule -> Fault? in
            let kinds = [rule.from, rule.to].map { text in text.contains(":") ? text.prefix { $0 != ":" } : nil }
            guard let kind = kinds[0], kinds[0] == kinds[1], Subject.Kind(rawValue: String(kind)) != nil else {
                return Fault(
                    place: "subject_prefixes[\(index)]", rule: "must begin with one kind and a colon, as product:old-")
            }
            return nil
        }
        let channels = settings.channels.enumerated().lazy.compactMap { index, rule -> Fault? in
            Channel(rule.from) == nil || Channel(rule.to) == nil
                ? Fault(place: "channels[\(index)]", rule: "must name two channels") : nil
        }
        return subjects.first ?? beginnings.first ?? channels.first
            ?? fault(settings.subjects, settings.subjectPrefixes, "subjects", "subject_prefixes")
            ?? fault(settings.channels, settings.channelPrefixes, "channels", "channel_prefixes")
    }

    private static func fault(_ whole: [Rule], _ prefixes: [Rule], _ place: String, _ prefixPlace: String) -> Fault? {
        if let index = firstRepeated(whole) { return Fault(place: "\(place)[\(index)].from", rule: "must come once") }
        if let index = firstRepeated(prefixes) {
            return Fault(place: "\(prefixPlace)[\(index)].from", rule: "must come once")
        }
        let index = AliasGraph(whole, prefixes).ruleInCycle { index in
            guard index >= whole.count else { return false }
            let rule = prefixes[index - whole.count]
            return rule.to.utf8.count < rule.from.utf8.count
        }
        guard let index else { return nil }
        let here = index < whole.count ? "\(place)[\(index)]" : "\(prefixPlace)[\(index - whole.count)]"
        return Fault(place: here, rule: "must not lead back to itself, by way of other rules either")
    }

    private static func firstRepeated(_ rules: [Rule]) -> Int? {
        var seen: Set<String> = []
        return rules.firstIndex { !seen.insert($0.from).inserted }
    }
}

/// Which rule may follow which.
private struct AliasGraph {
    private let next: [[Int]]  // By rule: first the whole names, then the beginnings.

    init(_ whole: [AliasSettings.Rule], _ prefixes: [AliasSettings.Rule]) {
        let place = Dictionary(whole.enumerated().map { ($1.from, $0) }) { first, _ in first }
        let rules = whole + prefixes
        next = rules.indices.map { index in
            let to = rules[index].to
            guard index >= whole.count else {
                if let other = place[to] { return [other] }
                return prefixes.indices.filter { to.hasPrefix(prefixes[$0].from) }.map { whole.count + $0 }
            }
            // What follows a beginning is any text: all that it may become counts.
            return whole.indices.filter { whole[$0].from.hasPrefix(to) }
                + prefixes.indices.filter { to.hasPrefix(prefixes[$0].from) || prefixes[$0].from.hasPrefix(to) }
                .map { whole.count + $0 }
        }
    }

    /// A rule that may come to itself again without an end; nil where none can. A beginning that only loses something
    /// may: names are finite.
    ///
    /// - Complexity: O(rules + what may follow).
    func ruleInCycle(where isShortening: (Int) -> Bool) -> Int? {
        var before = [[Int]](repeating: [], count: next.count)
        for (rule, following) in next.enumerated() { for other in following { before[other].append(rule) } }
        // What leads nowhere, and then what nothing leads to, is in no cycle.
        let leading = Self.rest(of: next, reversed: before, among: Set(next.indices))
        let cycles = Self.rest(of: before, reversed: next, among: leading)
        return cycles.sorted().first { !isShortening($0) }
    }

    /// `rules` less those that end, and those that end once these are gone.
    private static func rest(of edges: [[Int]], reversed: [[Int]], among rules: Set<Int>) -> Set<Int> {
        var rest = rules
        var degree = edges.map { $0.count { rules.contains($0) } }
        var ending = rules.filter { degree[$0] == 0 }.sorted()
        while let rule = ending.popLast() {
            rest.remove(rule)
            for other in reversed[rule] where rest.contains(other) {
                degree[other] -= 1
                if degree[other] == 0 { ending.append(other) }
            }
        }
        return rest
    }
}
