import Foundation
import Learning
import TestSupport

/// The small-sized Open Bandit Dataset: 10,000 rounds of one behaviour policy on one campaign.
struct OpenBanditLog {
    static let campaigns = ["all": 80, "men": 34, "women": 46]  // Actions.

    let rounds: LoggedRounds

    /// - Parameter policy: `random` or `bts`.
    init(policy: String, campaign: String) throws {
        let path = "build/data/open-bandit/obd/\(policy)/\(campaign)/\(campaign).csv"
        guard let actionCount = Self.campaigns[campaign] else { throw MissingFile(path: campaign) }
        var rows: [(time: String, action: Int, position: Int, reward: Double, propensity: Double)] = []
        for line in try PackageFiles.lines(path).dropFirst() {
            let fields = line.split(separator: ",", maxSplits: 6, omittingEmptySubsequences: false)
            guard fields.count == 7, let action = Int(fields[2]), let position = Int(fields[3]),
                let reward = Double(fields[4]), let propensity = Double(fields[5])
            else { throw MissingFile(path: path) }
            rows.append((String(fields[1]), action, position - 1, reward, propensity))
        }
        rows.sort { $0.time < $1.time }
        rounds = try LoggedRounds(
            actionCount: actionCount, positionCount: 3, actions: rows.map(\.action), rewards: rows.map(\.reward),
            propensities: rows.map(\.propensity), positions: rows.map(\.position))
    }

    /// The priors with which the production policy began, of `prior_bts.yaml`: two levels of keys, then numbers.
    static func priors(campaign: String) throws -> BernoulliThompson {
        let path = "build/data/open-bandit/prior_bts.yaml"
        var found: [String: [Double]] = [:]
        var section = ""
        var key = ""
        for line in try PackageFiles.lines(path) {
            let text = line.trimmingCharacters(in: .whitespaces)
            if let number = Double(text.drop { $0 == "-" || $0 == " " }) {
                found["\(section).\(key)", default: []].append(number)
            } else if line.hasPrefix(" ") {
                key = String(text.dropLast())
            } else {
                section = String(text.dropLast())
            }
        }
        guard let alphas = found["\(campaign).alpha"], let betas = found["\(campaign).beta"],
            let policy = BernoulliThompson(priorAlphas: alphas, priorBetas: betas)
        else { throw MissingFile(path: path) }
        return policy
    }
}
