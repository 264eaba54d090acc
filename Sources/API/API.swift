import Base
import Domain
public import HTTPServer
import Measure
import Profile

/// The routes of the HTTP API over the use cases; `web/openapi.json` is their contract.
public struct API: Sendable {
    /// Answers a caller who was let in.
    typealias Action = @Sendable (HTTPRequest, Identity) async throws(Problem) -> HTTPResponse

    let ports: APIPorts
    let options: APIOptions
    let query: Offload
    let running = RunningQueries()
    let scopes = QueryScopes()
    let live: LiveTotals
    let values: PolicyValues
    let spending = SpendingModels()
    let comparing: Offload  // Of how events would be cleaned, one at a time.

    public init(ports: APIPorts, options: APIOptions) {
        self.ports = ports
        self.options = options
        query = Offload(name: "query", atOnceMax: options.queriesAtOnceMax, waitingMax: options.queriesWaitingMax)
        ports.metrics.onCollect { [query] metrics in
            metrics.set(
                "quanyu_queries_waiting", to: Double(query.waitingCount), help: "Queries that wait for a thread.")
        }
        live = LiveTotals(
            timeline: ports.timeline, people: { snapshot throws(Problem) in try ports.people(snapshot, .now) },
            query: query)
        comparing = Offload(name: "cleaning", atOnceMax: 1, waitingMax: 4)
        values = PolicyValues(ports: ports, options: options)
    }

    public func register(on router: inout Router) {
        registerEvents(on: &router)
        let formats = [
            WireRoute.segment, WireRoute.rudder, WireRoute.jitsu, WireRoute.postHog, [.postHogAnalytics],
            WireRoute.sensors, WireRoute.snowplow, [.ga4], WireRoute.braze, [.cloudevents],
            [.douyin(ports.sources.douyin, standard: options.douyinSecret)],
        ]
        for route in formats.joined() { register(route, on: &router) }
        registerPostHogFlags(on: &router)
        registerVersion(on: &router)
        registerGA4Validation(on: &router)
        registerReceipts(on: &router)
        registerSources(on: &router)
        registerDouyinSecrets(on: &router)
        registerTail(on: &router)
        registerDecide(on: &router)
        registerDecisions(on: &router)
        registerOverview(on: &router)
        registerLive(on: &router)
        registerPeople(on: &router)
        registerErasures(on: &router)
        registerProfile(on: &router)
        registerIdentity(on: &router)
        registerQueries(on: &router)
        registerFunnel(on: &router)
        registerAudience(on: &router)
        registerSavedAudiences(on: &router)
        registerRetention(on: &router)
        registerSegmentation(on: &router)
        registerAttribution(on: &router)
        registerStages(on: &router)
        registerStageModels(on: &router)
        registerRFM(on: &router)
        registerPaths(on: &router)
        registerLifecycle(on: &router)
        registerSessions(on: &router)
        registerSurvival(on: &router)
        registerMetrics(on: &router)
        registerRows(on: &router)
        registerDrivers(on: &router)
        registerCampaigns(on: &router)
        registerPolicies(on: &router)
        registerQuarantine(on: &router)
        registerOrders(on: &router)
        registerCatalogue(on: &router)
        registerMappings(on: &router)
        registerWebhooks(on: &router)
        registerLogs(on: &router)
        registerImports(on: &router)
        registerPlan(on: &router)
        registerQuality(on: &router)
        registerCleaning(on: &router)
        registerCleaningRates(on: &router)
        registerHealth(on: &router)
    }

    /// A route for callers who have the permission; they are asked before anything else is looked at.
    func on(
        _ method: HTTPMethod, _ pattern: String, _ permission: Permission, _ router: inout Router,
        _ action: @escaping Action
    ) {
        router.on(method, pattern) { [ports] request in
            switch await ports.access.check(request, permission) {
            case .refused(let response): response
            case .admitted(let identity): await Self.answer(request, identity, action)
            }
        }
    }

    /// As `on`, for pages of any web origin too: a shop's pages call it with a write key, in the header or, for
    /// beacons, as `key` in the query. Cookies never come along from another origin.
    func onFromPages(
        _ method: HTTPMethod, _ pattern: String, _ permission: Permission, _ router: inout Router,
        _ action: @escaping Action
    ) {
        router.on(method, pattern, crossOrigin: .anyOrigin) { [ports] request in
            switch await ports.access.checkPage(request, permission) {
            case .refused(let response): response
            case .admitted(let identity): await Self.answer(request, identity, action)
            }
        }
    }

    static func answer(_ request: HTTPRequest, _ identity: Identity, _ action: Action) async -> HTTPResponse {
        do throws(Problem) {
            return try await action(request, identity)
        } catch {
            return error.response
        }
    }
}
