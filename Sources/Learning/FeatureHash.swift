private import Base

/// A feature's place in a hashed model: 64 bits, stable across runs and versions, since snapshots depend on it.
///
/// Source: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009 (without the sign hash);
/// text by FNV-1a, spread by SplitMix64's finaliser.
public struct FeatureHash: Hashable, Sendable {
    public let bits: UInt64

    /// Name the field in the text, `channel=feed`: the same value in two fields is two features.
    public init(_ text: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        bits = SeededGenerator.mix(hash)
    }

    /// A number as a feature: `bits` are taken as they are, so spread them, or cross the feature before it is used.
    public init(bits: UInt64) { self.bits = bits }

    /// The feature "both": order matters, so that `a × b` of two fields stays apart from `b × a`.
    public func crossed(with other: Self) -> Self {
        Self(bits: SeededGenerator.mix((bits &* 0x9E37_79B9_7F4A_7C15) ^ other.bits))
    }
}
