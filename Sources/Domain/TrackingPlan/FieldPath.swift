/// Where a field stands in an event, written `value.minor` or `properties.items[].price`: members of the event's JSON,
/// `[]` for each element of an array, and `\` before a `.`, `[` or `\` that belongs to a name.
public struct FieldPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    public enum Step: Hashable, Sendable {
        case member(String)
        case element
    }

    public static let stepCountMax = 8
    public static let utf8CountMax = 512
    /// What of an event a plan can speak of; all that a sender adds on its own stands below `properties`.
    public static let roots = ["channel", "decision", "properties", "subject", "value"]

    public let steps: [Step]
    public let text: String

    /// Nil unless the path leads from one of `roots` to a field: `properties` is none itself.
    public init?(_ steps: [Step]) {
        guard case .member(let root)? = steps.first, Self.roots.contains(root), steps.count <= Self.stepCountMax,
            root != "properties" || steps.count > 1, !steps.contains(.member(""))
        else { return nil }
        let text = Self.text(of: steps)
        guard text.utf8.count <= Self.utf8CountMax else { return nil }
        self.steps = steps
        self.text = text
    }

    public init?(_ text: String) {
        var steps: [Step] = []
        var rest = text.unicodeScalars[...]
        while true {
            steps.append(.member(Self.name(&rest)))
            while rest.starts(with: "[]".unicodeScalars) {
                rest.removeFirst(2)
                steps.append(.element)
            }
            guard let next = rest.popFirst() else { break }
            guard next == "." else { return nil }
        }
        self.init(steps)
    }

    public var description: String { text }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.text < rhs.text }

    /// How these steps are written; for messages also where they are no path.
    static func text(of steps: [Step]) -> String {
        var text = ""
        for step in steps {
            switch step {
            case .element: text += "[]"
            case .member(let name):
                if !text.isEmpty { text += "." }
                for scalar in name.unicodeScalars {
                    if Self.special.contains(scalar) { text += "\\" }
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }

    private static let special: Set<Unicode.Scalar> = [".", "[", "\\"]

    private static func name(_ rest: inout Substring.UnicodeScalarView) -> String {
        var name = ""
        while let scalar = rest.first, scalar != ".", scalar != "[" {
            rest.removeFirst()
            name.unicodeScalars.append(scalar == "\\" ? rest.popFirst() ?? scalar : scalar)
        }
        return name
    }
}
