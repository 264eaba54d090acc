/// `quanyu serve`: runs everything on one data folder until it is told to stop.
struct ServeCommand {
    let data: String
    let configuration: Configuration

    func run() async throws -> Int32 { throw UsageError(description: "serve is not built yet") }
}
