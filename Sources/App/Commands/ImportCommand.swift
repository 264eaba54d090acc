extension ProgramCommand {
    static let `import` = ProgramCommand(name: "import", summary: "takes a table in", help: "usage: quanyu import") {
        _ in
        throw UsageError(description: "import is not built yet")
    }
}
