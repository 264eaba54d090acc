import Base
import Domain
import Foundation
import Store

extension ImportCheckpoint {
    /// The beginning of a request's import: the file as it is now, and all that decides what becomes of its rows.
    init(_ request: ImportRequest, key: HashKey) throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: request.file)
        let byteCount = attributes[.size] as? Int64 ?? 0
        let changed = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let settings = request.settings.map { "\($0.name)=\($0.value)" }
        let decisive = ([request.source.text, request.format.rawValue] + settings).joined(separator: "\0")
        self.init(
            file: "\(request.file) \(byteCount) \(Int64(changed * 1000))",
            mappingHash: Hash128(of: request.mappingBytes + [0] + Array(decisive.utf8), key: key).hex)
    }
}
