public import Base
private import CSQLite

extension LibraryVersion {
    public static var sqlite: Self { Self(name: "SQLite", version: unsafe String(cString: sqlite3_libversion())) }
}
