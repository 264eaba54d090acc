/// XXH64 with seed 0: finds damage at the speed of memory; not a defence against forgery.
///
/// Source: Yann Collet, "xxHash fast digest algorithm", section "XXH64", version 0.1.1.
///
/// - Parameter array: Of a type without padding: every byte counts.
public func checksum64<Element: BitwiseCopyable>(of array: [Element]) -> UInt64 {
    checksum64(of: unsafe array.span.bytes)
}

/// As that of an array.
public func checksum64(of bytes: RawSpan) -> UInt64 {
    var i = 0
    var sum = prime5
    if bytes.byteCount >= 32 {
        var lanes = SIMD4<UInt64>(prime1 &+ prime2, prime2, 0, 0 &- prime1)
        while i &+ 32 <= bytes.byteCount {
            for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(bytes, i &+ lane &* 8)) }
            i &+= 32
        }
        sum = rotated(lanes[0], 1) &+ rotated(lanes[1], 7) &+ rotated(lanes[2], 12) &+ rotated(lanes[3], 18)
        for lane in 0..<4 { sum = (sum ^ round(0, lanes[lane])) &* prime1 &+ prime4 }
    }
    sum &+= UInt64(bytes.byteCount)
    while i &+ 8 <= bytes.byteCount {
        sum = rotated(sum ^ round(0, word(bytes, i)), 27) &* prime1 &+ prime4
        i &+= 8
    }
    if i &+ 4 <= bytes.byteCount {
        let half = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: i, as: UInt32.self)
        sum = rotated(sum ^ UInt64(UInt32(littleEndian: half)) &* prime1, 23) &* prime2 &+ prime3
        i &+= 4
    }
    while i < bytes.byteCount {
        let byte = unsafe bytes.unsafeLoad(fromByteOffset: i, as: UInt8.self)
        sum = rotated(sum ^ UInt64(byte) &* prime5, 11) &* prime1
        i &+= 1
    }
    return finished(sum)
}

private let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
private let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
private let prime3: UInt64 = 0x1656_67B1_9E37_79F9
private let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
private let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

@inline(__always)
private func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
    // The callers' loops hold `offset + 8 <= byteCount`.
    UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
}

@inline(__always)
private func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 { value &<< count | value &>> (64 &- count) }

@inline(__always)
private func round(_ lane: UInt64, _ input: UInt64) -> UInt64 { rotated(lane &+ input &* prime2, 31) &* prime1 }

private func finished(_ sum: UInt64) -> UInt64 {
    var mixed = (sum ^ sum >> 33) &* prime2
    mixed = (mixed ^ mixed >> 29) &* prime3
    return mixed ^ mixed >> 32
}
