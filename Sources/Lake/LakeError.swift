/// Why a statement, an import or an export did not run.
public enum LakeError: Error, Equatable, CustomStringConvertible {
    case libraryMissing(path: String)
    case libraryBroken(path: String, reason: String)
    case engine(message: String)  // In the engine's words; may quote the statement, never a bound parameter.
    case unsupportedType(column: String, format: String)  // `format` as Arrow writes it.
    case file(path: String, reason: String)

    public var description: String {
        switch self {
        case .libraryMissing(let path): "DuckDB is not installed (no \(path)): run `scripts/setup run`"
        case .libraryBroken(let path, let reason):
            "DuckDB could not be loaded from \(path) (\(reason)): run `scripts/setup run`"
        case .engine(let message): message
        case .unsupportedType(let column, let format):
            "column \(column) has a type (Arrow \(format)) that cannot be read: cast it, for example to VARCHAR"
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }
}
