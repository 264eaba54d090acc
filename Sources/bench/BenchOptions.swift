/// What the words of the command line ask for.
struct BenchOptions {
    static let usage = """
        bench smoke [--only NAME]   every section on tiny data, to see that it still works
        bench full  [--only NAME]   what docs/benchmarks.md reports; minutes, in a release build
        Sections whose name begins with NAME alone are run. The figures are also written to build/bench.json, those
        of a smoke run to build/bench.smoke.json; with --only, they take the place of those of their name there.
        """

    enum Size { case smoke, full }

    let size: Size
    var namePrefix = ""

    /// Nil where the words are not understood.
    init?(_ words: some Sequence<String>) {
        var rest = Array(words)[...]
        switch rest.popFirst() ?? "smoke" {
        case "smoke": size = .smoke
        case "full": size = .full
        default: return nil
        }
        while let word = rest.popFirst() {
            guard word == "--only", let prefix = rest.popFirst() else { return nil }
            namePrefix = prefix
        }
    }

    /// Where the figures are written; a smoke run leaves what was measured alone.
    var reportPath: String { pick(full: "build/bench.json", smoke: "build/bench.smoke.json") }

    /// `full` for a measurement, `smoke` for a run that shows only that it works.
    func pick<Value>(full: Value, smoke: Value) -> Value { size == .full ? full : smoke }
}
