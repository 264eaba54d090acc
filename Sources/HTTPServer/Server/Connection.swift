private import CMicrohttpd

/// A connection of libmicrohttpd as a value: it may be resumed from any thread, all else happens on its own.
///
/// It is valid from its first callback until its request is completed.
struct Connection: Sendable {
    private let bits: UInt

    init(_ pointer: OpaquePointer) { bits = UInt(bitPattern: pointer) }

    var pointer: OpaquePointer? { unsafe OpaquePointer(bitPattern: bits) }

    /// Takes the connection from its thread until `resume()`.
    func suspend() { unsafe MHD_suspend_connection(pointer) }
    func resume() { unsafe MHD_resume_connection(pointer) }
}
