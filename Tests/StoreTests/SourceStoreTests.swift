import Base
import Domain
import Foundation
import Store
import TestSupport
import Testing

@Suite struct SourceStoreTests {
    private static let mapping: JSON = ["records": [["fields": ["person": "u"]]]]

    private func webhook(_ name: String, check: WebhookCheck = .none) -> WebhookSource {
        WebhookSource(
            name: PlainName(validated: name), mapping: Self.mapping, check: check, hasSecret: false, answerStatus: 200,
            answerType: "application/json", answerBody: "", isEnabled: true, updatedAt: EventTime(clampingUnixMs: 5))
    }

    @Test func aSecretIsKeptSealedAndReadAgainByTheNextProcess() async throws {
        let test = try TestStore()
        let check = WebhookCheck.hmac(header: "X-Sign", prefix: "sha256=", encoding: .hex)
        try await test.store.webhooks.save(webhook("shop", check: check), secret: "tell nobody")
        try await test.store.webhooks.save(webhook("shop", check: check), secret: nil)
        let found = try #require(try await test.another().webhooks.find(PlainName(validated: "shop")))
        #expect(found.secret == "tell nobody" && found.webhook.hasSecret && found.webhook.check == check)
        let kept = try Data(contentsOf: URL(filePath: test.path + "-wal"))
        #expect(kept.range(of: Data("tell nobody".utf8)) == nil)
    }

    @Test func aSourcesSecretForDouyinIsKeptSealedReplacedAndCleared() async throws {
        let test = try TestStore()
        let (shop, other) = (SourceName(validated: "shop"), SourceName(validated: "other"))
        try await test.store.douyinSecrets.set("tell nobody", of: shop)
        try await test.store.douyinSecrets.set("another", of: other)
        try await test.store.douyinSecrets.set("a third", of: SourceName(validated: "zoo"))
        #expect(try await test.another().douyinSecrets.find(shop) == "tell nobody")
        #expect(try await test.store.douyinSecrets.sources().map(\.text) == ["other", "shop", "zoo"])
        let kept = try Data(contentsOf: URL(filePath: test.path + "-wal"))
        #expect(kept.range(of: Data("tell nobody".utf8)) == nil)
        try await test.store.douyinSecrets.set("changed", of: shop)
        #expect(try await test.store.douyinSecrets.find(shop) == "changed")
        #expect(try await test.store.douyinSecrets.clear(shop))
        #expect(try await test.store.douyinSecrets.clear(shop) == false)
        #expect(try await test.store.douyinSecrets.find(shop) == nil)
        #expect(try await test.store.douyinSecrets.sources().map(\.text) == ["other", "zoo"])
    }

    @Test func underAnotherKeyASecretIsNotReadAndSaysSo() async throws {
        let test = try TestStore()
        try await test.store.webhooks.save(webhook("shop"), secret: "s")
        let key = URL(filePath: test.path).deletingLastPathComponent().appending(path: "secret.key")
        try Data(repeating: 7, count: 32).write(to: key)
        let other = try test.another()
        await #expect(throws: DatabaseError.self) { try await other.webhooks.find(PlainName(validated: "shop")) }
        try Data(repeating: 7, count: 5).write(to: key)
        #expect(throws: DatabaseError.self) { try test.another() }
    }

    @Test(arguments: [
        WebhookCheck.none, .hmac(header: "X", prefix: "", encoding: .base64),
        .timestamped(header: "Stripe-Signature", toleranceSeconds: 60), .token(header: "X", prefix: "Bearer "),
        .tokenInQuery(parameter: "k"),
    ])
    func aCheckReadsBackAsItWasWritten(check: WebhookCheck) {
        #expect(WebhookCheck(json: check.json) == check)
    }

    @Test(arguments: [
        #"{"kind":"hmac"}"#, #"{"kind":"hmac","header":"a b"}"#, #"{"kind":"token","header":"x:y"}"#,
        #"{"kind":"timestamped","header":"x","tolerance_seconds":0}"#, "{}", #"{"kind":"query_token","parameter":""}"#,
    ])
    func whatIsNoCheckIsNone(text: String) throws {
        #expect(WebhookCheck(json: try JSON.parse(text)) == nil)
    }

    private func log(_ id: Int64, source: String) -> FollowedLog {
        FollowedLog(
            id: id, pattern: "/l/*.log", format: .nginx, lineFormat: "", mapping: Self.mapping,
            source: SourceName(validated: source), beginning: .end, isSkippingAnonymous: true, isEnabled: true,
            updatedAt: EventTime(clampingUnixMs: 5))
    }

    @Test func aLogsCheckpointAndTotalsAreNotedTogetherAndGoWithIt() async throws {
        let test = try TestStore()
        let logs = test.store.logs
        let id = try await logs.add(log(0, source: "a"))
        await #expect(throws: DatabaseError.self) { try await logs.add(log(0, source: "a")) }
        var checkpoint = LogCheckpoint(
            log: id, file: "1-2", fingerprint: "f", fingerprintByteCount: 3, mark: "m", path: "/l/a.log", offset: 10,
            updatedAt: EventTime(clampingUnixMs: 6))
        var totals = LogTotals()
        (totals.lines, totals.accepted) = (3, 2)
        try await logs.save(checkpoint, adding: totals)
        checkpoint.offset = 20
        try await logs.save(checkpoint, adding: totals)
        #expect(try await logs.checkpoints(log: id) == [checkpoint])
        let listed = try await logs.list()
        #expect(listed.map(\.log) == [log(id, source: "a")])
        #expect(listed[0].totals.lines == 6 && listed[0].totals.accepted == 4)
        #expect(try await logs.isBegun(log: id) == false)
        try await logs.begin(log: id)
        #expect(try await logs.isBegun(log: id))
        #expect(try await logs.remove(id: id))
        #expect(try await logs.checkpoints(log: id).isEmpty)
        try await logs.save(checkpoint, adding: totals)  // A batch that was under way when the log was taken away.
        #expect(try await logs.checkpoints(log: id).isEmpty)
        withExtendedLifetime(test) {}
    }

    @Test func anImportKeepsWhatChangesOfIt() async throws {
        let test = try TestStore()
        let jobs = test.store.importJobs
        var job = try await jobs.add(
            fileName: "a.csv", format: "csv", byteCount: 9, actor: "user:ana", at: EventTime(clampingUnixMs: 1))
        (job.byteCountStaged, job.state, job.mapping) = (9, .running, Self.mapping)
        (job.position, job.accepted, job.duplicate, job.refused, job.refusedByteCount) = (5, 2, 1, 2, 77)
        try await jobs.save(job)
        #expect(try await jobs.find(job.id) == job)
        #expect(try await jobs.open() == [job])
        job.state = .done
        try await jobs.save(job)
        #expect(try await jobs.open().isEmpty)
        #expect(try await jobs.page(before: nil, countMax: 5) == [job])
        #expect(try await jobs.page(before: job.id, countMax: 5).isEmpty)
        withExtendedLifetime(test) {}
    }

    @Test(arguments: ["a b", "", "..", "ä", "a/b", String(repeating: "a", count: 65)])
    func aNameThatCannotStandInAnAddressIsNone(text: String) {
        #expect(PlainName(plain: text) == nil)
    }

    @Test func mappingsAreKeptByName() async throws {
        let test = try TestStore()
        let mappings = test.store.mappings
        let time = EventTime(clampingUnixMs: 9)
        for name in ["b", "a"] {
            try await mappings.save(
                SavedMapping(name: PlainName(validated: name), mapping: Self.mapping, updatedAt: time))
        }
        #expect(try await mappings.list().map(\.name.text) == ["a", "b"])
        #expect(try await mappings.remove(PlainName(validated: "a")))
        #expect(try await mappings.remove(PlainName(validated: "a")) == false)
        withExtendedLifetime(test) {}
    }
}
