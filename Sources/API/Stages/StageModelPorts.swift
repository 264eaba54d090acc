public import Base
public import Domain

/// The models of stages that can be named.
public struct StageModelPorts: Sendable {
    /// By name; a saved one stands in place of the preset of its name.
    public var models: @Sendable () -> [KeptStageModel]
    /// What comes with the program under a name.
    public var preset: @Sendable (PlainName) -> KeptStageModel?
    public var save:
        @Sendable (_ document: JSONObject, _ id: PlainName, _ author: String, EventTime) async throws(ReadFailure) ->
            KeptStageModel
    /// False where none of this name was saved. A preset of the name holds again.
    public var remove: @Sendable (_ id: PlainName, _ author: String, EventTime) async throws(ReadFailure) -> Bool

    public init(
        models: @escaping @Sendable () -> [KeptStageModel],
        preset: @escaping @Sendable (PlainName) -> KeptStageModel?,
        save:
            @escaping @Sendable (_ document: JSONObject, _ id: PlainName, _ author: String, EventTime)
            async throws(ReadFailure) -> KeptStageModel,
        remove: @escaping @Sendable (_ id: PlainName, _ author: String, EventTime) async throws(ReadFailure) -> Bool
    ) {
        self.models = models
        self.preset = preset
        self.save = save
        self.remove = remove
    }
}
