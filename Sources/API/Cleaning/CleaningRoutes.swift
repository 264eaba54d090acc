import Base
import Cleaning
import Domain
import HTTPServer

extension API {
    private static let previewCountMax = 10_000
    private static let activityCountMax = 100_000
    private static let noteUTF8CountMax = 500

    func registerCleaning(on router: inout Router) {
        on(.get, "/api/v1/cleaning", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            return .json(try await cleaningState())
        }
        on(.get, "/api/v1/cleaning/versions", .read, &router) { request, _ throws(Problem) in
            try await cleaningVersions(request)
        }
        on(.get, "/api/v1/cleaning/versions/{number}", .read, &router) { request, _ throws(Problem) in
            guard let number = Int64(request.parameters["number"] ?? ""), number >= 0 else {
                throw .parameter("number", "must be the number of a version")
            }
            return .json(try await cleaningVersion(number).json)
        }
        on(.get, "/api/v1/cleaning/activity", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            let since = ports.now().advanced(by: .days(-1))
            let sample = CleaningSample(countMax: Self.activityCountMax, since: since)
            return .json(try await compare(sample, nil).activity(since: since))
        }
        on(.post, "/api/v1/cleaning/preview", .operate, &router) { request, _ throws(Problem) in
            let fields = try Fields(body: request, known: ["steps", "version"])
            return .json(try await preview(fields))
        }
        registerCleaningChanges(on: &router)
    }

    private func registerCleaningChanges(on router: inout Router) {
        on(.post, "/api/v1/cleaning/versions", .administer, &router) { request, caller throws(Problem) in
            let fields = try Fields(body: request, known: ["steps", "note"])
            let steps = try fields.required("steps", "must be an array of steps") { $0 }
            let settings = try Self.settings(steps)
            let note = try fields.optional("note", "must be at most \(Self.noteUTF8CountMax) bytes of text") { json in
                json.stringValue.flatMap { $0.utf8.count <= Self.noteUTF8CountMax ? $0 : nil }
            }
            let version = try await change { () throws(CleaningChangeError) in
                try await ports.cleaning.add(settings.json, [], caller.actor, note ?? "")
            }
            await audit(.cleaningChanged, version.number, by: caller)
            return .json(version.json, status: 201)
        }
        on(.post, "/api/v1/cleaning/current", .administer, &router) { request, caller throws(Problem) in
            let version = Int64(
                try Fields(body: request, known: ["version"]).requiredInteger("version", in: 0...Int.max))
            try await change { () throws(CleaningChangeError) in try await ports.cleaning.hold(version) }
            await audit(.cleaningChanged, version, by: caller)
            return .json(try await cleaningState())
        }
        on(.post, "/api/v1/cleaning/rerun", .administer, &router) { request, caller throws(Problem) in
            let version = Int64(
                try Fields(body: request, known: ["version"]).requiredInteger("version", in: 0...Int.max))
            try await change { () throws(CleaningChangeError) in
                try await ports.cleaning.rerun(version, caller.actor)
            }
            await audit(.cleaningRerun, version, by: caller)
            return .json(try await cleaningState(), status: 202)
        }
        on(.post, "/api/v1/cleaning/rerun/cancel", .administer, &router) { request, caller throws(Problem) in
            let version = try await read { () throws(ReadFailure) in try await ports.cleaning.state() }.rerun?.version
            try await change { () throws(CleaningChangeError) in try await ports.cleaning.cancelRerun() }
            await audit(.cleaningRerunCancelled, version ?? CleaningVersion.first, by: caller)
            return .json(try await cleaningState())
        }
    }

    private func cleaningState() async throws(Problem) -> JSON {
        let state = try await read { () throws(ReadFailure) in try await ports.cleaning.state() }
        return [
            "version": state.current.json, "steps": .array(CleaningStep.allCases.map { .string($0.rawValue) }),
            "spans": .array(
                state.spans.map {
                    ["from_sequence": .int(Int64(clamping: $0.sequenceStart)), "version": .int($0.version)]
                }), "rerun": state.rerun?.json(state.progress) ?? .null,
            "bot_rules": ports.cleaning.botRules() ?? .null,
        ]
    }

    private func cleaningVersions(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["limit", "before"])
        let limit = try parameters.limit(default: 50, max: 200)
        let before = try parameters.value("before", "must be `next` of the page before") { Int64($0) }
        let found = try await read { () throws(ReadFailure) in try await ports.cleaning.versions(before, limit + 1) }
        let page = Page(found, countMax: limit)
        return .json([
            "versions": .array(page.elements.map(\.json)),
            "next": page.hasMore ? page.elements.last.map { .string(String($0.number)) } ?? .null : .null,
        ])
    }

    private func cleaningVersion(_ number: Int64) async throws(Problem) -> CleaningVersion {
        let version = try await read { () throws(ReadFailure) in try await ports.cleaning.version(number) }
        guard let version else { throw .notFound("version \(number) of cleaning") }
        return version
    }

    /// Of steps in the body or, without any, of a version that is there.
    private func preview(_ fields: Fields) async throws(Problem) -> JSON {
        let rule = "must be an array of steps, where there is no `version`"
        let given = try fields.optional("steps", rule) { $0 }
        let number = try fields.integer("version", in: 0...Int.max)
        let steps: JSON
        if given == nil, let number {
            steps = try await cleaningVersion(Int64(number)).steps
        } else {
            steps = try fields.required("steps", rule) { $0 }
        }
        let settings = try Self.settings(steps)
        let pipeline = try await read { () throws(ReadFailure) in try await ports.cleaning.pipeline(settings) }
        return try await compare(CleaningSample(countMax: Self.previewCountMax), pipeline).preview
    }

    private func compare(
        _ sample: CleaningSample, _ pipeline: CleaningPipeline?
    ) async throws(Problem) -> CleaningComparison {
        try await comparing { [ports] () throws(Problem) in
            do throws(ReadFailure) { return try ports.cleaning.compare(sample, pipeline) } catch {
                throw Problem(error)
            }
        }
    }

    private static func settings(_ steps: JSON) throws(Problem) -> CleaningSettings {
        do throws(CleaningSettingsError) { return try CleaningSettings(json: steps) } catch { throw Problem(error) }
    }

    func read<Value>(_ body: () async throws(ReadFailure) -> Value) async throws(Problem) -> Value {
        do throws(ReadFailure) { return try await body() } catch { throw Problem(error) }
    }

    func change<Value>(_ body: () async throws(CleaningChangeError) -> Value) async throws(Problem) -> Value {
        do throws(CleaningChangeError) { return try await body() } catch { throw Problem(error) }
    }

    private func audit(_ action: AuditAction, _ version: Int64, by caller: Identity) async {
        await ports.audit(AuditEntry(actor: caller.actor, action: action, target: "version \(version)"))
    }
}
