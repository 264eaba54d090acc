import API
import Base
import Domain
import Foundation
import Synchronization

/// The presets of the console's folder, and saved models in memory.
final class StageShelf: Sendable {
    private let presets: [KeptStageModel]
    private let saved = Mutex<[KeptStageModel]>([])

    init(folder: URL) throws {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        presets = try files.compactMap { KeptStageModel(preset: try JSON.parse(Array(try Data(contentsOf: $0)))) }
    }

    var ports: StageModelPorts {
        StageModelPorts(
            models: {
                let saved = self.saved.withLock { $0 }
                let kept = self.presets.filter { preset in !saved.contains { $0.id == preset.id } }
                return (kept + saved).sorted { $0.id < $1.id }
            },
            preset: { id in self.presets.first { $0.id == id } },
            save: { document, id, author, time in
                self.saved.withLock { saved in
                    let version = (saved.first { $0.id == id }?.version ?? 0) + 1
                    let model = KeptStageModel(
                        id: id, origin: .saved, version: version, document: document, author: author, savedAt: time)
                    saved = saved.filter { $0.id != id } + [model]
                    return model
                }
            },
            remove: { id, _, _ in
                self.saved.withLock { saved in
                    let count = saved.count
                    saved.removeAll { $0.id == id }
                    return saved.count < count
                }
            })
    }
}
