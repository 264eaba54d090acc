internal import CADBC

/// The memory of one exported Arrow structure; lives until the structure's `release` is called.
@safe
final class ArrowMemory {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    deinit { unsafe blocks.forEach { unsafe $0.deallocate() } }

    /// For `private_data`; `release` gives it back.
    var retained: UnsafeMutableRawPointer { unsafe Unmanaged.passRetained(self).toOpaque() }

    private func block(byteCount: Int) -> UnsafeMutableRawPointer {
        // Arrow recommends 64 bytes of alignment.
        let block = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
        unsafe blocks.append(block)
        return unsafe block
    }

    func copy(_ bytes: [UInt8]) -> UnsafeRawPointer? {
        let block = unsafe block(byteCount: bytes.count)
        unsafe bytes.withUnsafeBytes {
            unsafe block.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(block), byteCount: $0.count)
        }
        return UnsafeRawPointer(block)
    }

    func text(_ text: String) -> UnsafePointer<CChar>? {
        unsafe copy(Array(text.utf8) + [0])?.assumingMemoryBound(to: CChar.self)
    }

    func pointers(_ pointers: [UnsafeRawPointer?]) -> UnsafeMutablePointer<UnsafeRawPointer?> {
        let size = unsafe MemoryLayout<UnsafeRawPointer?>.stride * pointers.count
        let table = unsafe block(byteCount: size).bindMemory(to: UnsafeRawPointer?.self, capacity: pointers.count)
        for index in unsafe pointers.indices { unsafe table[index] = pointers[index] }
        return unsafe table
    }

    func children<Structure>(_ structures: [Structure]) -> UnsafeMutablePointer<UnsafeMutablePointer<Structure>?> {
        let size = unsafe MemoryLayout<UnsafeMutablePointer<Structure>?>.stride * structures.count
        let table = unsafe block(byteCount: size)
            .bindMemory(to: UnsafeMutablePointer<Structure>?.self, capacity: structures.count)
        for (index, structure) in structures.enumerated() {
            let child = unsafe block(byteCount: MemoryLayout<Structure>.stride)
                .bindMemory(to: Structure.self, capacity: 1)
            unsafe child.initialize(to: structure)
            unsafe table[index] = child
        }
        return unsafe table
    }

    static func release(_ array: UnsafeMutablePointer<ArrowArray>?) {
        guard let array = unsafe array else { return }
        for index in 0..<Int(unsafe array.pointee.n_children) {
            guard let child = unsafe array.pointee.children?[index] else { continue }
            unsafe child.pointee.release?(child)
        }
        unsafe array.pointee.release = nil
        unsafe giveBack(array.pointee.private_data)
    }

    static func release(_ schema: UnsafeMutablePointer<ArrowSchema>?) {
        guard let schema = unsafe schema else { return }
        for index in 0..<Int(unsafe schema.pointee.n_children) {
            guard let child = unsafe schema.pointee.children?[index] else { continue }
            unsafe child.pointee.release?(child)
        }
        unsafe schema.pointee.release = nil
        unsafe giveBack(schema.pointee.private_data)
    }

    private static func giveBack(_ pointer: UnsafeMutableRawPointer?) {
        guard let pointer = unsafe pointer else { return }
        unsafe Unmanaged<ArrowMemory>.fromOpaque(pointer).release()
    }
}
