import API
import Journal
import TestSupport
import Testing

@testable import App

@Suite struct HealthTests {
    @Test func aJournalThatTakesNothingMoreIsNotReady() async throws {
        let folder = try TemporaryDirectory()
        var calls = JournalFileCalls.system
        let journal = try Journal(directory: folder.path("whole"), calls: calls)
        _ = try await journal.append([JournalRecord(key: nil, payload: [1])])
        #expect(Health(of: journal, appliedEnd: 1, startEnd: 1).trouble == nil)
        #expect(Health(of: journal, appliedEnd: 0, startEnd: 1).trouble?.contains("0 of 1") == true)
        await journal.close()
        #expect(Health(of: journal, appliedEnd: 1, startEnd: 1).trouble == JournalError.closed.explanation)
        let path = folder.path("broken")
        await (try Self.journalOfOneRecord(path)).close()
        calls.sync = { _ in -1 }
        #expect(throws: JournalError.poisoned) { _ = try Journal(directory: path, calls: calls) }
        let broken = try Journal(directory: folder.path("new"), calls: calls)
        #expect(Health(of: broken, appliedEnd: 0, startEnd: 0).trouble == nil)
        await #expect(throws: JournalError.poisoned) {
            _ = try await broken.append([JournalRecord(key: nil, payload: [1])])
        }
        #expect(Health(of: broken, appliedEnd: 0, startEnd: 0).trouble == JournalError.poisoned.explanation)
        await broken.close()
    }

    private static func journalOfOneRecord(_ path: String) async throws -> Journal {
        let journal = try Journal(directory: path)
        _ = try await journal.append([JournalRecord(key: nil, payload: [1])])
        return journal
    }
}
