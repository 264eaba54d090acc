/// Why a command line cannot be carried out.
struct UsageError: Error, Equatable, CustomStringConvertible {
    let description: String
}

/// The words behind a command's name: options with a value, flags without, and the rest.
struct CommandArguments: Equatable {
    private(set) var options: [String: String] = [:]
    private(set) var lists: [String: [String]] = [:]  // Of options that may be given several times.
    private(set) var flags: Set<String> = []

    /// - Parameters:
    ///   - options: Names that take a value, `--data DIR` or `--data=DIR`.
    ///   - lists: As `options`, and each time counts.
    ///   - flags: Names that stand alone.
    init(
        _ words: some Sequence<String>, options optionNames: some Sequence<String>, lists listNames: Set<String> = [],
        flags flagNames: Set<String> = []
    ) throws(UsageError) {
        let optionNames = Set(optionNames)
        var words = words.makeIterator()
        while let word = words.next() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts[0]
            if flagNames.contains(name), parts.count == 1 {
                flags.insert(name)
            } else if optionNames.contains(name) || listNames.contains(name) {
                guard let value = parts.count == 2 ? parts[1] : words.next() else {
                    throw UsageError(description: "\(name) needs a value")
                }
                if listNames.contains(name) { lists[name, default: []].append(value) } else { options[name] = value }
            } else {
                let known = optionNames.union(listNames).union(flagNames).sorted().joined(separator: " ")
                throw UsageError(description: "unknown argument \(word); known are \(known)")
            }
        }
    }

    func required(_ name: String, meaning: String) throws(UsageError) -> String {
        guard let value = options[name], !value.isEmpty else {
            throw UsageError(description: "\(name) is missing: \(meaning)")
        }
        return value
    }
}
