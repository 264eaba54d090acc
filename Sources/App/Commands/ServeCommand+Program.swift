import Base

extension ProgramCommand {
    static let serve = ProgramCommand(
        name: "serve", summary: "runs everything: collection, decisions, queries and the console", help: serveHelp
    ) { input in
        let flags = ConfigurationKey.all.map(\.flagName)
        let arguments = try CommandArguments(input.words, options: ["--data"] + flags)
        let data = try arguments.required("--data", meaning: "the folder that keeps everything; made where missing")
        let configuration = try DataFolder.configuration(
            of: data, environment: input.environment, arguments: arguments)
        return try await ServeCommand(data: data, configuration: configuration).run()
    }

    private static var serveHelp: String {
        """
        usage: quanyu serve --data DIR [--SETTING VALUE …]

          --data DIR
              The folder that keeps everything; made where it is missing.
        \(ConfigurationKey.all.map(lines).joined(separator: "\n"))

        A setting is taken from its flag, else from the environment (--port: QUANYU_PORT), else from quanyu.json in the
        data folder ({"port": 8080}), else it has its default. Ctrl-C or SIGTERM stops; what was accepted is finished.
        """
    }

    private static func lines(of key: ConfigurationKey) -> String {
        """
          \(key.flagName) VALUE
              \(key.meaning)
              \(Configuration.expectation(of: key)); default \(fallback(of: key))
        """
    }

    private static func fallback(of key: ConfigurationKey) -> String {
        switch key.fallback {
        case .text(let text): text.isEmpty ? "empty" : text
        case .whole(let whole, _): String(whole)
        case .number(let number, _): number == number.rounded() ? String(Int(number)) : number.description
        case .flag(let flag): String(flag)
        case .list(let list): list.isEmpty ? "empty" : list.joined(separator: ",")
        case .currency(let currency): currency.code
        }
    }
}

extension DataFolder {
    /// The settings in force for a data folder, which need not be there yet and is not made; nil: for none.
    static func configuration(
        of path: String?, environment: [String: String], arguments: CommandArguments? = nil
    ) throws(ConfigurationError) -> Configuration {
        var flags: [String: String] = [:]
        for key in ConfigurationKey.all { flags[key.name] = arguments?.options[key.flagName] }
        return try Configuration(
            file: try path.map { DataFolder(planned: $0) }?.configurationFile(), environment: environment, flags: flags)
    }
}
