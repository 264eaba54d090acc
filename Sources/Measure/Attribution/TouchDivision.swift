private import Glibc
import Timeline

/// Divides one conversion among the touches of its journey, by each rule that looks at that journey alone.
struct TouchDivision {
    /// Rules that look at one journey at a time.
    static let models: [AttributionModel] = [.first, .last, .lastNonDirect, .linear, .timeDecay, .position, .shapley]
    private static let endShare = 0.4  // Of the first and of the last, by position.

    let halfLifeMs: Double

    /// - Parameters:
    ///   - touches: Not empty.
    ///   - weights: As many at least; the first of them are written, and add up to 1.
    func divide(_ touches: ArraySlice<JourneySet.Touch>, by model: AttributionModel, into weights: inout [Double]) {
        let count = touches.count
        for i in 0..<count { weights[i] = 0 }
        switch model {
        case .first: weights[0] = 1
        case .last: weights[count - 1] = 1
        case .lastNonDirect:
            weights[(touches.lastIndex { !$0.isDirect } ?? touches.endIndex - 1) - touches.startIndex] = 1
        case .linear:
            for i in 0..<count { weights[i] = 1 / Double(count) }
        case .timeDecay: decay(touches, into: &weights)
        case .position: place(count, into: &weights)
        case .shapley: share(touches, into: &weights)
        case .markov: preconditionFailure("a chain is of all journeys")
        }
    }

    /// From the last touch on, so that however old all are, they do not all weigh nothing.
    private func decay(_ touches: ArraySlice<JourneySet.Touch>, into weights: inout [Double]) {
        let youngestMs = touches.last?.ageMs ?? 0
        var sum = 0.0
        for (i, touch) in touches.enumerated() {
            weights[i] = exp2(-Double(touch.ageMs - youngestMs) / halfLifeMs)
            sum += weights[i]
        }
        for i in 0..<touches.count { weights[i] /= sum }
    }

    private func place(_ count: Int, into weights: inout [Double]) {
        guard count > 2 else {
            for i in 0..<count { weights[i] = 1 / Double(count) }
            return
        }
        let between = (1 - 2 * Self.endShare) / Double(count - 2)
        for i in 0..<count { weights[i] = i == 0 || i == count - 1 ? Self.endShare : between }
    }

    /// Equal shares to the keys that occur, each at its first touch.
    ///
    /// With the conversions of covered journeys as the worth, that is the Shapley value: the game is a sum of unanimity
    /// games, one for each journey, and the value is additive (Zhao, Mahboobi and Bagheri, "Shapley Value Methods for
    /// Attribution Modeling in Online Advertising", 2018).
    private func share(_ touches: ArraySlice<JourneySet.Touch>, into weights: inout [Double]) {
        var met: UInt64 = 0
        for (i, touch) in touches.enumerated() where met >> UInt64(touch.key) & 1 == 0 {
            met |= 1 << UInt64(touch.key)
            weights[i] = 1
        }
        let share = 1 / Double(met.nonzeroBitCount)
        for i in 0..<touches.count { weights[i] *= share }
    }
}
