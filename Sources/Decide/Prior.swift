private import Glibc

/// Log-odds that a candidate is taken, from its facts alone: what ranks before the model has learned, and what the
/// model then corrects.
///
/// The coefficients are a logistic regression on the next baskets of a grocery's households (May and June 2017, after
/// four months of history; log-loss 0.079 against 0.098 of a constant). They say what is usual in repeat retail;
/// where that does not hold, the model unlearns it. The weight of touches is not fitted: that shop records none.
enum Prior {
    static func logOdds(_ facts: Facts) -> Double {
        let gap = min(facts.popularityGap, 6)  // What nobody has met yet is not hopeless.
        var sum = -4.3 - 0.57 * gap + 1.24 * facts.repeatRate
        sum += 0.17 * sqrt(min(facts.together, 4)) + 0.53 * sqrt(facts.categoryShare) + 0.3 * log1p(facts.touched)
        guard facts.bought > 0, let days = facts.daysSince else { return sum }
        sum += 2.67 + 0.5 * gap + 1.08 * log(facts.recentShare + 0.01) + 0.05 * log1p(days)
        guard let ratio = facts.gapRatio else { return sum }
        let due = log(ratio + 0.05)  // 0 at the usual time; too soon and too late both count against.
        return sum + 0.93 + 0.065 * due - 0.14 * due * due
    }
}
