// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode, explicit existentials, imports that do not leak, warnings are errors.
let base: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]
/// Targets that touch C or raw memory: each unsafe expression must be marked `unsafe`.
let unsafeAllowed = base + [.strictMemorySafety()]
/// Rooms of loops: optimised in debug builds too, where their tests and servers would spend most of the time in them.
let optimizedInDebug = [SwiftSetting.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Types whose own properties are spans say how long these may live.
let lendsSpans = SwiftSetting.enableExperimentalFeature("Lifetimes")

/// One room of the house; `docs/ARCHITECTURE.md` draws the tiers that these lists obey.
func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], unsafe: Bool = false, isHot: Bool = false,
    settings: [SwiftSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: (unsafe ? unsafeAllowed : base) + (isHot ? optimizedInDebug : []) + settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies, exclude: exclude,
        swiftSettings: base)
}

let systemLibraries: [Target] = [
    .systemLibrary(name: "CMicrohttpd", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CCRC32C"),
    .systemLibrary(name: "CPrefetch"),
    .target(name: "CADBC", linkerSettings: [.linkedLibrary("dl")]),
    .target(
        name: "CSimdjson", cxxSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))],
        linkerSettings: [.linkedLibrary("simdjson")]),
]

let rooms: [Target] = [
    // Tier 0: no domain.
    room("Base", ["CSimdjson", "CSodium"], unsafe: true, isHot: true),
    room("Kernels", ["CPrefetch"], unsafe: true, isHot: true),
    room("Compression", ["CZlib", "CZstd"], unsafe: true),
    // Tier 1: the vocabulary, and statistics as values.
    room("Domain", ["Base"]),
    room("Statistics", ["Base"], isHot: true),
    // Tier 2: parts.
    room("Journal", ["Base", "CCRC32C", "CPrefetch"], unsafe: true, isHot: true),
    room(
        "Timeline", ["Base", "Domain", "Kernels", "Statistics"], unsafe: true, isHot: true, settings: [lendsSpans]),
    room("Identities", ["Base", "Domain"], isHot: true),
    room("Orders", ["Base", "Domain"]),
    room("Quality", ["Base", "Domain", "Statistics"]),
    room("Cleaning", ["Base", "Domain"]),
    room("Lake", ["Base", "Domain", "CADBC"], unsafe: true),
    room("Store", ["Base", "Domain", "CSQLite", "CSodium"], unsafe: true),
    room("Learning", ["Base", "Kernels", "Statistics"], isHot: true),
    room("HTTPServer", ["Base", "Compression", "CMicrohttpd"], unsafe: true),
    // Tier 3: use cases; siblings never import each other.
    room("Collect", ["Base", "Compression", "Domain", "Statistics"]),
    room("Decide", ["Base", "Domain", "Learning"]),
    room("Profile", ["Base", "Domain", "Statistics", "Timeline"]),
    room("Measure", ["Base", "Domain", "Identities", "Kernels", "Learning", "Statistics", "Timeline"], isHot: true),
    // Tier 4: bytes to use cases, and pages.
    room(
        "API",
        [
            "Base", "Domain", "Statistics", "HTTPServer", "Identities", "Orders", "Quality", "Cleaning", "Timeline",
            "Collect", "Decide", "Profile", "Measure",
        ]),
    room("Console", ["Base", "Domain", "HTTPServer"]),
    // Tier 5: the composition root.
    room(
        "App",
        [
            "Base", "Domain", "Statistics", "Journal", "Timeline", "Identities", "Orders", "Quality", "Cleaning",
            "Lake", "Store", "Learning", "Compression", "HTTPServer", "Collect", "Decide", "Measure", "API", "Console",
        ], unsafe: true),
]

/// libFuzzer brings the entry point of the program itself, so that it is built only where `scripts/fuzz` asks for it.
let fuzzing: [Target] =
    Context.environment["QUANYU_FUZZING"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzedDecoders"], path: "Tests/Fuzz/Run", swiftSettings: unsafeAllowed)
    ]

let package = Package(
    name: "quanyu",
    products: [.executable(name: "quanyu", targets: ["quanyu"])],
    targets: systemLibraries + rooms + [
        .executableTarget(name: "quanyu", dependencies: ["App"], swiftSettings: base),
        .executableTarget(
            name: "bench",
            dependencies: [
                "Base", "Domain", "Kernels", "Statistics", "Journal", "Timeline", "Cleaning", "Lake", "Learning",
                "HTTPServer", "Decide", "App",
            ], swiftSettings: base),
        .executableTarget(name: "replay", dependencies: ["Base", "Statistics"], swiftSettings: base),
        .executableTarget(name: "tidy", dependencies: ["TidyRules"], swiftSettings: base),
        .target(name: "TidyRules", swiftSettings: base + optimizedInDebug),
        .target(name: "TestSupport", dependencies: ["Base", "Domain"], path: "Tests/TestSupport", swiftSettings: base),
        tests("Base", []),
        tests("Kernels", ["Base"]),
        tests("Compression", []),
        tests("Domain", ["Base"]),
        tests("Statistics", ["Base"]),
        tests("Journal", ["Base"]),
        tests("Timeline", ["Base", "Domain", "Kernels"]),
        tests("Identities", ["Base", "Domain"]),
        tests("Orders", ["Base", "Domain"]),
        tests("Quality", ["Base", "Domain", "Statistics"]),
        tests("Cleaning", ["Base", "Domain"]),
        tests("Lake", ["Base", "Domain"]),
        tests("Store", ["Base", "Domain"], exclude: ["Golden"]),
        tests("Learning", ["Base", "Statistics"]),
        tests("HTTPServer", ["Base"]),
        tests("Collect", ["Base", "Domain"]),
        tests("Decide", ["Base", "Domain", "Learning"]),
        tests("Profile", ["Base", "Domain", "Statistics", "Timeline"]),
        tests(
            "Measure", ["Base", "Domain", "Identities", "Learning", "Statistics", "Timeline"], exclude: ["Golden"]),
        tests("Console", ["Base", "Domain", "HTTPServer", "Store"]),
        tests(
            "API",
            [
                "Base", "Domain", "HTTPServer", "Identities", "Orders", "Quality", "Cleaning", "Collect", "Decide",
                "Measure", "Timeline",
            ]),
        tests("App", ["Base", "Cleaning", "Collect", "Decide", "Domain", "Identities", "Journal", "Store"]),
        tests("TidyRules", []),
        .target(
            name: "FuzzedDecoders", dependencies: ["Base", "Collect", "Compression", "Domain"],
            path: "Tests/Fuzz/Decoders", swiftSettings: base),
        .testTarget(name: "FuzzTests", dependencies: ["Base", "FuzzedDecoders"], swiftSettings: base),
    ] + fuzzing,
    cxxLanguageStandard: .cxx17
)
