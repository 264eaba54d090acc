import API
import Base
import Domain
import Foundation
import Store
import Synchronization

/// The models of stages that can be named: those that come with the program, and in place of them what people saved.
final class StageModels: Sendable {
    private let presets: [KeptStageModel]
    private let saved: Mutex<[KeptStageModel]>
    private let store: StageModelStore

    /// - Parameter folder: Of the presets, one a file; nil where they are not found.
    init(folder: String?, store: StageModelStore) async throws(DatabaseError) {
        presets = folder.map(Self.presets) ?? []
        saved = Mutex(try await store.list())
        self.store = store
    }

    private static func presets(in folder: String) -> [KeptStageModel] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") }.compactMap { name in
            FileManager.default.contents(atPath: "\(folder)/\(name)").flatMap { try? JSON.parse(Array($0)) }
                .flatMap(KeptStageModel.init(preset:))
        }
    }

    private var models: [KeptStageModel] {
        let saved = saved.withLock { $0 }
        let kept = presets.filter { preset in !saved.contains { $0.id == preset.id } }
        return (kept + saved).sorted { $0.id < $1.id }
    }

    var ports: StageModelPorts {
        StageModelPorts(
            models: { self.models }, preset: { id in self.presets.first { $0.id == id } },
            save: { document, id, author, time throws(ReadFailure) in
                let version = try await self.write(document, id, author, time)
                let model = KeptStageModel(
                    id: id, origin: .saved, version: version, document: document, author: author, savedAt: time)
                self.saved.withLock { saved in
                    let newer = saved.first { $0.id == id && $0.version > version }
                    if newer == nil { saved = saved.filter { $0.id != id } + [model] }
                }
                return model
            },
            remove: { id, author, time throws(ReadFailure) in
                guard self.saved.withLock({ $0.contains { $0.id == id } }) else { return false }
                let version = try await self.write(nil, id, author, time)
                self.saved.withLock { saved in saved.removeAll { $0.id == id && $0.version < version } }
                return true
            })
    }

    private func write(
        _ document: JSONObject?, _ id: PlainName, _ author: String, _ time: EventTime
    ) async throws(ReadFailure) -> Int64 {
        do throws(DatabaseError) {
            return try await store.save(document, as: id, author: author, at: time)
        } catch {
            throw ReadFailure(reason: error.explanation)
        }
    }
}
