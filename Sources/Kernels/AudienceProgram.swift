/// What is made of the marks of a person's leaves: ands, ors and nots, in postfix order.
///
/// A mark is a bit of a 64-bit set; the program works on a stack of bits that is itself such a set.
public struct AudienceProgram: Sendable, Equatable {
    public enum Step: Sendable, Equatable {
        case leaf(Int)  // Pushes the mark of this number.
        case all(Int)  // Takes so many and pushes whether every one is set: so for none.
        case any(Int)  // Takes so many and pushes whether one is set: not so for none.
        case not
    }

    public static let leafCountMax = 63
    private static let depthMax = 63

    let steps: [Step]

    /// - Precondition: The steps leave one value, and never more than 63.
    public init(_ steps: [Step]) {
        var depth = 0
        for step in steps {
            switch step {
            case .leaf(let number):
                precondition((0..<64).contains(number), "there are 64 marks")
                depth += 1
            case .all(let count), .any(let count):
                precondition(count >= 0 && count <= depth, "there are as many values as are taken")
                depth += 1 - count
            case .not: precondition(depth >= 1, "there is a value")
            }
            precondition(depth <= Self.depthMax, "the stack has 63 places")
        }
        precondition(depth == 1, "one value is left")
        self.steps = steps
    }

    /// - Complexity: O(steps).
    @inline(__always)
    public func holds(_ marks: UInt64) -> Bool {
        var stack: UInt64 = 0
        let steps = steps.span
        for i in steps.indices {
            switch steps[i] {
            case .leaf(let number): stack = (stack << 1) | ((marks >> UInt64(number)) & 1)
            case .all(let count):
                let taken = Self.low(count)
                stack = ((stack >> UInt64(count)) << 1) | (stack & taken == taken ? 1 : 0)
            case .any(let count):
                stack = ((stack >> UInt64(count)) << 1) | (stack & Self.low(count) != 0 ? 1 : 0)
            case .not: stack ^= 1
            }
        }
        return stack & 1 != 0
    }

    @inline(__always)
    private static func low(_ count: Int) -> UInt64 { (1 << UInt64(count)) &- 1 }
}

/// Writes the people for whom the program holds, in ascending order.
///
/// - Parameters:
///   - marks: Shape `[people]`; bit k is the mark of leaf k.
///   - skipped: A bit for each person who is passed over; as short as its last one.
///   - rows: Shape `[people]` at least; the first n are written.
/// - Returns: n, the number of people found.
/// - Complexity: O(people · steps) time, no allocation.
public func findMembers(
    _ program: AudienceProgram, marks: Span<UInt64>, skipped: Span<UInt64>, into rows: inout MutableSpan<UInt32>
) -> Int {
    precondition(rows.count >= marks.count, "everybody may be found")
    var found = 0
    for person in marks.indices where !isSet(person, in: skipped) {
        rows[found] = UInt32(truncatingIfNeeded: person)
        found &+= program.holds(marks[person]) ? 1 : 0
    }
    return found
}
