import Base
import Foundation

enum ReplayLogError: Error, CustomStringConvertible {
    case ofAnotherReplay(path: String)
    case unwritable(path: String, reason: String)

    var description: String {
        switch self {
        case .ofAnotherReplay(let path): "\(path) is not of this replay: remove it to begin anew"
        case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
        }
    }
}

/// What was shown before one basket: the lists of all policies, and the decision that the outcome belongs to.
struct BasketAnswer {
    let index: Int  // Of the moment.
    let decision: String?
    let lists: [String: [String]]  // By policy; products, best first.

    init(index: Int, decision: String?, lists: [String: [String]]) {
        self.index = index
        self.decision = decision
        self.lists = lists
    }

    init?(_ json: JSON) {
        guard let index = json["basket"]?.intValue, let lists = json["lists"]?.objectValue else { return nil }
        self.index = Int(clamping: index)
        decision = json["decision"]?.stringValue
        self.lists = Dictionary(
            lists.members.map { ($0.name, $0.value.arrayValue?.compactMap(\.stringValue) ?? []) },
            uniquingKeysWith: { first, _ in first })
    }

    var json: JSON {
        let members = lists.sorted { $0.key < $1.key }.map { name, subjects in
            JSONObject.Member(name: name, value: .array(subjects.map { .string($0) }))
        }
        return [
            "basket": .int(Int64(index)), "decision": decision.map { .string($0) } ?? .null,
            "lists": .object(JSONObject(members)),
        ]
    }
}

/// How far a replay is, kept between runs: a line for each basket once it is decided and before its outcome is sent,
/// and now and then one for how far all is. So a run that was cut off goes on with the same decision.
final class ReplayLog {
    private let file: FileHandle?  // Nil where nothing is kept.
    private let path: String
    private(set) var answers: [BasketAnswer] = []  // Of the runs before this one, in order.
    private var noted = 0

    /// - Parameters:
    ///   - path: Nil to keep nothing. The file is made where it is missing.
    ///   - head: What tells this replay from others.
    init(path: String?, head: JSON) throws(ReplayLogError) {
        self.path = path ?? ""
        guard let path else {
            file = nil
            return
        }
        let content = FileManager.default.contents(atPath: path).map(Array.init) ?? []
        let whole = content.lastIndex(of: 0x0A).map { content[...$0] } ?? []  // A torn last line was never relied on.
        let lines = whole.split(separator: 0x0A)
        if let first = lines.first, (try? JSON.parse(Array(first))) != head { throw .ofAnotherReplay(path: path) }
        let parser = JSONParser()
        for line in lines.dropFirst() {
            guard let json = try? parser.parse(line) else { throw .ofAnotherReplay(path: path) }
            if let answer = BasketAnswer(json) { answers.append(answer) }
            if let done = json["done"]?.intValue { noted = Int(clamping: done) }
        }
        do {
            if content.isEmpty { try Data().write(to: URL(filePath: path)) }
            let file = try FileHandle(forUpdating: URL(filePath: path))
            try file.truncate(atOffset: UInt64(whole.count))
            try file.seekToEnd()
            self.file = file
        } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
        }
        if lines.isEmpty { try append(head) }
    }

    /// The first moment that is not done with. Moments are played in order, so all before a decided basket are done.
    var done: Int { max(noted, answers.last?.index ?? 0) }

    func note(_ answer: BasketAnswer) throws(ReplayLogError) { try append(answer.json) }

    func note(done: Int) throws(ReplayLogError) { try append(["done": .int(Int64(done))]) }

    private func append(_ json: JSON) throws(ReplayLogError) {
        do { try file?.write(contentsOf: json.bytes + [0x0A]) } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
