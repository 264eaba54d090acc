import Base
import Domain
import Store
import Testing

@Suite struct StageModelStoreTests {
    private let id = PlainName(validated: "o5a")

    private func document(_ title: String) -> JSONObject { JSONObject([.init(name: "source", value: .string(title))]) }

    @Test func theNewestVersionIsTheModelAndARemovedOneIsNone() async throws {
        let test = try TestStore()
        let models = test.store.stageModels
        let time = EventTime(clampingUnixMs: 7)
        #expect(try await models.save(document("first"), as: id, author: "me", at: time) == 1)
        #expect(try await models.save(document("second"), as: id, author: "you", at: time) == 2)
        #expect(try await models.save(document("other"), as: PlainName(validated: "aipl"), author: "me", at: time) == 1)
        let list = try await test.another().stageModels.list()
        #expect(list.map(\.id.text) == ["aipl", "o5a"])
        #expect(
            list.last
                == KeptStageModel(
                    id: id, origin: .saved, version: 2, document: document("second"), author: "you", savedAt: time))
        #expect(try await models.save(nil, as: id, author: "me", at: time) == 3)
        #expect(try await models.list().map(\.id.text) == ["aipl"])
        #expect(try await models.save(document("again"), as: id, author: "me", at: time) == 4)
        #expect(try await models.list().map(\.version) == [1, 4])
    }
}
