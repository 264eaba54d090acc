/// What the words of the command line ask for.
struct BenchOptions {
    static let usage = """
        bench smoke [--only NAME] [--times N]   every section on tiny data, to see that it still works
        bench full  [--only NAME] [--times N]   what docs/benchmarks.md reports; minutes, in a release build
        Sections whose name begins with NAME alone are run. The figures are also written to build/bench.json, those
        of a smoke run to build/bench.smoke.json; with --only, they take the place of those of their name there.
        With --times, the traffic has N times as many events, of as many people, and the names of the figures say so.
        """

    enum Size { case smoke, full }

    let size: Size
    var namePrefix = ""
    var times = 1  // As many events as a run has.

    /// Nil where the words are not understood.
    init?(_ words: some Sequence<String>) {
        var rest = Array(words)[...]
        switch rest.popFirst() ?? "smoke" {
        case "smoke": size = .smoke
        case "full": size = .full
        default: return nil
        }
        while let word = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch word {
            case "--only": namePrefix = value
            case "--times":
                guard let number = Int(value), (1...20).contains(number) else { return nil }
                times = number
            default: return nil
            }
        }
    }

    /// Where the figures are written; a smoke run leaves what was measured alone.
    var reportPath: String { pick(full: "build/bench.json", smoke: "build/bench.smoke.json") }

    /// `full` for a measurement, `smoke` for a run that shows only that it works.
    func pick<Value>(full: Value, smoke: Value) -> Value { size == .full ? full : smoke }
}
