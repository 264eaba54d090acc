public import Base
private import CMicrohttpd
private import CZlib
private import CZstd

extension LibraryVersion {
    public static var libmicrohttpd: Self {
        Self(name: "libmicrohttpd", version: unsafe String(cString: MHD_get_version()))
    }

    public static var zstd: Self { Self(name: "zstd", version: unsafe String(cString: ZSTD_versionString())) }
    public static var zlib: Self { Self(name: "zlib", version: unsafe String(cString: zlibVersion())) }
}
