extension ProgramCommand {
    static let export = ProgramCommand(name: "export", summary: "writes all events", help: "usage: quanyu export") {
        _ in
        throw UsageError(description: "export is not built yet")
    }
}
