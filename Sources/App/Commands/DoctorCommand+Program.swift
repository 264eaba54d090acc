import Lake

extension ProgramCommand {
    static let doctor = ProgramCommand(
        name: "doctor", summary: "checks dependencies, folder, journal, disk, clock and port, and says how to mend",
        help: """
            usage: quanyu doctor [--data DIR] [--host HOST] [--port PORT] [--web-dir DIR] [--third-party-dir DIR]

            Each line says whether something is ok, to be watched, or bad, and how to mend it. The exit code is 1 where
            something is bad. Nothing is changed, also where a server runs; the whole journal is read.
            """
    ) { input in
        let places = [ConfigurationKey.host, .port, .webDir, .thirdPartyDir].map(\.flagName)
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
