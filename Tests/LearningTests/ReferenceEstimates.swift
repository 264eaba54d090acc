import Foundation
import TestSupport

/// obp 0.4.1 in a Python of its own: `Tests/Reference/obp_estimates.py`.
struct ReferenceEstimates: Decodable {
    struct Estimate: Decodable {
        let value: Double
        let low: Double
        let high: Double
    }

    struct Thompson: Encodable {
        let alphas: [Double]
        let betas: [Double]
        let simulations: Int
    }

    struct Question: Encodable {
        var actions: [Int]
        var rewards: [Double]
        var propensities: [Double]
        var positions: [Int]
        var policy: [[Double]]
        var model: [[Double]]
        var policyRows: [Int]?
        var modelRows: [Int]?
        var replicates = 200
        var thompson: Thompson?

        enum CodingKeys: String, CodingKey {
            case actions, rewards, propensities, positions, policy, model, replicates, thompson
            case policyRows = "policy_rows"
            case modelRows = "model_rows"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(actions, forKey: .actions)
            try container.encode(rewards, forKey: .rewards)
            try container.encode(propensities, forKey: .propensities)
            try container.encode(positions, forKey: .positions)
            try container.encode(policy, forKey: .policy)
            try container.encode(model, forKey: .model)
            try container.encode(policyRows, forKey: .policyRows)  // Null where nil: the script wants the key.
            try container.encode(modelRows, forKey: .modelRows)
            try container.encode(replicates, forKey: .replicates)
            try container.encode(thompson, forKey: .thompson)
        }
    }

    let ips: Estimate
    let snips: Estimate
    let dm: Estimate
    let dr: Estimate
    let thompson: [[Double]]?

    init(answering question: Question) throws {
        let python = ProcessInfo.processInfo.environment["QUANYU_PYTHON"] ?? "build/venv/bin/python"
        let executable = URL(filePath: python, relativeTo: PackageFiles.root)
        guard FileManager.default.isExecutableFile(atPath: executable.path) else {
            throw MissingFile(path: executable.path)
        }
        let input = FileManager.default.temporaryDirectory.appending(path: "obp-\(UUID().uuidString).json")
        try JSONEncoder().encode(question).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        let output = Pipe()
        process.executableURL = executable
        process.arguments = [PackageFiles.root.appending(path: "Tests/Reference/obp_estimates.py").path]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = output
        try process.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw MissingFile(path: "obp 0.4.1 in \(executable.path)") }
        self = try JSONDecoder().decode(Self.self, from: answer)
    }
}
