public import Base
private import CMicrohttpd
private import Foundation
private import Synchronization

/// An HTTP/1.1 server over libmicrohttpd: a pool of threads serves the connections; a connection is suspended while its
/// handler runs, so a slow handler holds no thread.
public final class HTTPServer: Sendable {
    private struct Running {
        let daemon: UInt  // The pointer's bits.
        let context: UInt
        let acceptor: Acceptor
    }

    private static let watchSeconds = 0.25
    private static let drainInterval = Duration.milliseconds(10)
    private static let backstopSeconds = 30  // libmicrohttpd's own limits come after ours.
    private static let connectionReserve = 64

    private let core: ServerCore
    private let running = Mutex<Running?>(nil)

    public init(options: HTTPServerOptions, router: Router, log: Log, metrics: Metrics) {
        core = ServerCore(options: options, router: router, log: log, metrics: metrics)
    }

    /// Whether `start` could listen there now.
    public static func check(host: String, port: UInt16) throws(HTTPServerError) {
        let socket = try ListenSocket(host: host, port: port)
        close(socket.descriptor)
    }

    /// Begins to listen and to answer.
    ///
    /// - Returns: The port, also where the options left it open.
    public func start() throws(HTTPServerError) -> UInt16 {
        let socket = try ListenSocket(host: core.options.host, port: core.options.port)
        let context = unsafe Unmanaged.passRetained(core).toOpaque()
        var options = unsafe Self.callbacks
        unsafe options.threadCount = UInt32(core.options.threadCount)
        unsafe options.connectionCountMax = UInt32(core.options.connectionCountMax + Self.connectionReserve)
        unsafe options.inactiveSecondsMax = UInt32(core.options.idleMax.count / 1000) + UInt32(Self.backstopSeconds)
        unsafe options.connectionMemoryBytes = core.options.headerBytesMax
        unsafe options.context = context
        guard let daemon = unsafe cmicrohttpd_start(&options) else {
            close(socket.descriptor)
            unsafe Unmanaged<ServerCore>.fromOpaque(context).release()
            throw .cannotStart
        }
        do throws(HTTPServerError) {
            let acceptor = try unsafe Acceptor(socket: socket, core: core, daemon: UInt(bitPattern: daemon))
            running.withLock {
                $0 = Running(
                    daemon: UInt(bitPattern: daemon), context: UInt(bitPattern: context), acceptor: acceptor)
            }
        } catch {
            close(socket.descriptor)
            unsafe Self.end(daemon, context)
            throw error
        }
        watch()
        return socket.port
    }

    private static func end(_ daemon: OpaquePointer, _ context: UnsafeMutableRawPointer) {
        unsafe MHD_stop_daemon(daemon)
        unsafe Unmanaged<ServerCore>.fromOpaque(context).release()
    }

    /// On a thread of its own: slow clients are ended on time, however busy the handlers' pool is.
    private func watch() {
        Thread {
            while self.running.withLock({ $0 != nil }) {
                Thread.sleep(forTimeInterval: Self.watchSeconds)
                self.core.endOverdue()
            }
        }.start()
    }

    /// Accepts nothing new, finishes what was accepted, and ends.
    ///
    /// - Returns: How many requests were still under way when the grace was over; 0 where all were answered.
    @discardableResult
    public func stop() async -> Int {
        guard let running = running.withLock({ $0.take() }),
            let daemon = unsafe OpaquePointer(bitPattern: running.daemon),
            let context = unsafe UnsafeMutableRawPointer(bitPattern: running.context)
        else { return 0 }
        running.acceptor.stop()
        core.drain()
        let clock = ContinuousClock()
        let deadline = clock.now + core.options.shutdownGrace.duration
        var left = core.seal()
        while left > 0, clock.now < deadline {
            try? await Task.sleep(for: Self.drainInterval)
            left = core.seal()
        }
        // A suspended connection would make the library stop the process: leave it to the end of the process instead.
        guard left == 0 else { return left }
        unsafe Self.end(daemon, context)
        return 0
    }
}

extension HTTPServer {
    private static var callbacks: CMicrohttpdOptions {
        var options = unsafe CMicrohttpdOptions()
        unsafe options.access = { context, _, _, method, _, piece, byteCount, exchange in
            guard let context = unsafe context, let method = unsafe method, let byteCount = unsafe byteCount,
                let exchange = unsafe exchange?.pointee
            else { return .NO }
            let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
            let isKept = unsafe Callbacks.access(
                core, Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue(), method: method, piece: piece,
                byteCount: byteCount)
            return isKept ? .YES : .NO
        }
        unsafe options.completed = { context, _, exchange, reason in
            guard let context = unsafe context, let pointer = unsafe exchange?.pointee else { return }
            let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
            unsafe exchange?.pointee = nil
            unsafe Callbacks.completed(core, pointer, isWhole: reason == .REQUEST_TERMINATED_COMPLETED_OK)
        }
        unsafe options.connection = { context, connection, link, code in
            guard let context = unsafe context, let connection = unsafe connection, let link = unsafe link else {
                return
            }
            let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
            if code == .CONNECTION_NOTIFY_STARTED {
                unsafe link.pointee = unsafe Callbacks.opened(core, connection)
            } else if let known = unsafe link.pointee {
                unsafe link.pointee = nil
                unsafe Callbacks.closed(core, known)
            }
        }
        unsafe options.target = { context, target, connection in
            guard let context = unsafe context, let target = unsafe target, let connection = unsafe connection
            else { return nil }
            let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
            return unsafe Callbacks.began(core, connection, target: target)
        }
        return unsafe options
    }
}
