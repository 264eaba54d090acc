import Base
import Foundation

/// Why a data folder cannot be used.
struct DataFolderError: Error, CustomStringConvertible {
    let description: String
}

/// The one folder that holds everything: what is where, and the right to use it.
struct DataFolder: Sendable {
    let path: String

    var journal: String { path + "/journal" }
    var snapshots: String { path + "/snapshots" }
    var orderSnapshot: String { snapshots + "/orders.snapshot" }
    var imports: String { path + "/imports" }
    var control: String { path + "/control.sqlite" }
    var configuration: String { path + "/quanyu.json" }

    /// Creates the folder where it is missing, readable by its owner alone: it holds personal data.
    init(creating path: String) throws(DataFolderError) {
        self.path = Self.absolute(path)
        for folder in [self.path, self.path + "/journal", self.path + "/snapshots"] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw DataFolderError(
                    description: "cannot create \(folder): \(error.localizedDescription); choose another --data")
            }
        }
    }

    /// A folder that need not be there; nothing is made.
    init(planned path: String) { self.path = Self.absolute(path) }

    init(existing path: String) throws(DataFolderError) {
        self.path = Self.absolute(path)
        guard FileManager.default.fileExists(atPath: self.path + "/journal") else {
            throw DataFolderError(
                description: "\(path) is no data folder: `quanyu serve --data \(path)` or `quanyu import` makes one")
        }
    }

    /// The object in `quanyu.json`; nil where there is no such file.
    func configurationFile() throws(ConfigurationError) -> JSONObject? {
        guard let content = FileManager.default.contents(atPath: configuration) else { return nil }
        do throws(JSONError) {
            guard let object = try JSON.parse(Array(content)).objectValue else {
                throw JSONError(reason: "not an object", byteOffset: nil)
            }
            return object
        } catch {
            let place = error.byteOffset.map { " at byte \($0)" } ?? ""
            throw ConfigurationError(description: "\(configuration) cannot be read: \(error.reason)\(place)")
        }
    }

    private static func absolute(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.path
    }
}
