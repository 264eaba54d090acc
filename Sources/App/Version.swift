/// Which Quanyu this is.
public enum Version {
    public static let text = "0.1.0"
    static let releasedUnixMs: Int64 = 1_793_491_200_000  // 2026-11-01: a clock before it is wrong.
}
