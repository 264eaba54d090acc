private import CSimdjson
private import CSodium

/// A library of the system that the program runs with, as it names itself.
public struct LibraryVersion: Sendable, Equatable {
    public let name: String
    public let version: String

    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    public static var simdjson: Self {
        Self(name: "simdjson", version: unsafe String(cString: csimdjson_version()))
    }

    public static var libsodium: Self {
        Self(name: "libsodium", version: unsafe String(cString: sodium_version_string()))
    }
}
