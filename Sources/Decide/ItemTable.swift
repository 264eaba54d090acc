import Base
import Domain
import Learning

/// What the state knows of one subject.
struct ItemStats: Sendable, Equatable {
    let subject: Subject
    let hash: FeatureHash
    var category: Int32 = -1  // Code of the whole path; −1 where unknown.
    var department: Int32 = -1  // Code of the path's first level.
    var popularity = -Double.infinity  // log₂, forward-decayed.
    var sessions = -Double.infinity  // log₂ of touches, decayed as co-occurrence is.
    let firstSeenMinute: Int32
    var exposures: UInt32 = 0
    var purchases: UInt32 = 0
    var buyers: UInt32 = 0  // Purchases by people of whom no earlier one is remembered.

    init(subject: Subject, firstSeenMinute: Int32) {
        self.subject = subject
        self.firstSeenMinute = firstSeenMinute
        hash = FeatureHash(subject.description)
    }

    /// Smoothed share of purchases that are repeats.
    var repeatRate: Double { (Double(purchases - buyers) + 0.5) / (Double(purchases) + 4) }
}

/// Subjects by dense index, in order of first appearance.
struct ItemTable: Sendable {
    private(set) var stats: [ItemStats] = []
    private(set) var top: TopList
    private var indexes: [Subject: Int32] = [:]
    private(set) var categories = CodeTable(countMax: Self.categoryCountMax)
    private let recallKinds: Set<Subject.Kind>

    static let topCount = 256
    static let categoryCountMax = 50_000

    init(recallKinds: Set<Subject.Kind>) {
        self.recallKinds = recallKinds
        top = TopList(countMax: Self.topCount)
    }

    /// Restores what `stats` and the categories determine.
    init(stats: [ItemStats], categories: CodeTable, recallKinds: Set<Subject.Kind>) {
        self.init(recallKinds: recallKinds)
        self.stats = stats
        self.categories = categories
        reindex()
    }

    var count: Int { stats.count }
    func index(of subject: Subject) -> Int32? { indexes[subject] }
    subscript(item: Int32) -> ItemStats { stats[Int(item)] }

    func isRecalled(_ item: Int32) -> Bool { recallKinds.contains(stats[Int(item)].subject.kind) }

    mutating func indexAdding(_ subject: Subject, at time: EventTime) -> Int32 {
        if let index = indexes[subject] { return index }
        let index = Int32(stats.count)
        stats.append(ItemStats(subject: subject, firstSeenMinute: Minute.of(time)))
        indexes[subject] = index
        return index
    }

    mutating func setCategory(_ path: String, of item: Int32) {
        guard !path.isEmpty, path.utf8.count <= 300 else { return }
        stats[Int(item)].category = categories.code(path)
        let department = path.prefix { $0 != "/" }
        stats[Int(item)].department = categories.code(String(department))
    }

    mutating func countExposure(_ item: Int32) { stats[Int(item)].exposures &+= 1 }

    mutating func countPurchase(_ item: Int32, isFirst: Bool) {
        stats[Int(item)].purchases &+= 1
        if isFirst { stats[Int(item)].buyers &+= 1 }
    }

    mutating func addSession(_ item: Int32, log2Weight: Double) {
        stats[Int(item)].sessions = ForwardDecay.sum(stats[Int(item)].sessions, log2Weight)
    }

    mutating func addPopularity(_ item: Int32, log2Weight: Double) {
        let sum = ForwardDecay.sum(stats[Int(item)].popularity, log2Weight)
        stats[Int(item)].popularity = sum
        if isRecalled(item) { top.raise(item, to: sum) }
    }

    /// Keeps the `countKept` most popular; returns, for each old index, the new one or −1.
    mutating func compact(countKept: Int) -> [Int32] {
        let order = stats.indices.sorted { (stats[$0].popularity, $0) > (stats[$1].popularity, $1) }
        var renamed = [Int32](repeating: -1, count: stats.count)
        var kept: [ItemStats] = []
        for (index, item) in order.prefix(countKept).sorted().enumerated() {
            renamed[item] = Int32(index)
            kept.append(stats[item])
        }
        stats = kept
        reindex()
        return renamed
    }

    private mutating func reindex() {
        indexes = Dictionary(uniqueKeysWithValues: stats.indices.map { (stats[$0].subject, Int32($0)) })
        top = TopList(countMax: Self.topCount)
        for index in stats.indices where stats[index].popularity > -.infinity && isRecalled(Int32(index)) {
            top.raise(Int32(index), to: stats[index].popularity)
        }
    }
}
