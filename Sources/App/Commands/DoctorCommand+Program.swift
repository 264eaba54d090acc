import Lake

extension ProgramCommand {
    static let doctor = ProgramCommand(
        name: "doctor", summary: "checks dependencies, folder, disk and clock, and says how to mend them",
        help: """
            usage: quanyu doctor [--data DIR] [--web-dir DIR] [--third-party-dir DIR]

            Each line says whether something is ok, to be watched, or bad, and how to mend it. The exit code is 1 where
            something is bad.
            """
    ) { input in
        let places = [ConfigurationKey.webDir, .thirdPartyDir].map(\.flagName)
        let arguments = try CommandArguments(input.words, options: ["--data"] + places)
        let data = arguments.options["--data"]
        let configuration = try DataFolder.configuration(
            of: data, environment: input.environment, arguments: arguments)
        let command = DoctorCommand(dataPath: data, configuration: configuration) { folder in
            do throws(LakeError) {
                return .success(try SQLEngine(libraryFolder: folder).version)
            } catch {
                return .failure(DoctorCommand.LakeFailure(message: error.description))
            }
        }
        return command.run() ? 0 : CommandFailure.failed
    }
}
