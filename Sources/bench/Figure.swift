import Base

/// One measured figure, and where there is one, a peer's of the same run.
struct Figure {
    enum Better { case higher, lower }

    struct Peer {
        let name: String
        let value: Double
    }

    let name: String
    let unit: String
    let ours: Double
    let better: Better
    let peer: Peer?
    let note: String

    init(_ name: String, _ unit: String, _ ours: Double, _ better: Better, peer: Peer? = nil, note: String = "") {
        self.name = name
        self.unit = unit
        self.ours = ours
        self.better = better
        self.peer = peer
        self.note = note
    }

    /// The figure of a run with so many times the traffic, which its name says.
    func of(times: Int) -> Figure {
        guard times > 1 else { return self }
        return Figure("\(name) (×\(times))", unit, ours, better, peer: peer, note: note)
    }

    /// How many times better ours is.
    var ratio: Double? {
        guard let peer, peer.value > 0, ours > 0 else { return nil }
        return better == .lower ? peer.value / ours : ours / peer.value
    }

    var json: JSON {
        [
            "name": .string(name), "unit": .string(unit), "ours": .double(ours),
            "peer": peer.map { .string($0.name) } ?? .null, "peer_value": peer.map { .double($0.value) } ?? .null,
            "ratio": ratio.map { .double($0) } ?? .null, "note": .string(note),
        ]
    }
}

/// The figures of a report, in its order.
struct FigureReport {
    private var figures: [JSON]

    /// Empty where there is no report yet.
    init(json: JSON?) { figures = json?.arrayValue ?? [] }

    /// New figures take the place of those of their name; the others follow at the end.
    func merging(_ new: [Figure]) -> FigureReport {
        var merged = self
        for figure in new {
            if let place = merged.figures.firstIndex(where: { $0["name"]?.stringValue == figure.name }) {
                merged.figures[place] = figure.json
            } else {
                merged.figures.append(figure.json)
            }
        }
        return merged
    }

    var json: JSON { .array(figures) }
}

/// Why a section has no figures.
enum BenchError: Error, CustomStringConvertible {
    case disagreement(what: String, ours: String, peer: String)
    case peerFailed(script: String, log: String)
    case missing(what: String, mend: String)
    case failed(String)

    var description: String {
        switch self {
        case .disagreement(let what, let ours, let peer): "\(what): ours says \(ours), the peer \(peer)"
        case .peerFailed(let script, let log): "\(script) failed: \(log)"
        case .missing(let what, let mend): "\(what) is missing: \(mend)"
        case .failed(let what): what
        }
    }
}
