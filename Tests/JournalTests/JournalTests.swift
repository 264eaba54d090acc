import Base
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Journal

func record(_ index: Int, key: Int? = nil, byteCount: Int = 20) -> JournalRecord {
    let payload =
        Array("record \(index) ".utf8) + [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: byteCount)
    return JournalRecord(key: key.map { Hash128(high: UInt64($0), low: UInt64($0) &* 7) }, payload: payload)
}

func payloads(_ directory: String) throws -> [[UInt8]] {
    let reader = try JournalReader(directory: directory)
    var all: [[UInt8]] = []
    while case let batch = try reader.read(from: UInt64(all.count), countMax: 7), !batch.isEmpty {
        let sequences = (all.count..<all.count + batch.count).map { UInt64($0) }
        #expect(batch.map(\.sequence) == sequences)
        all += batch.map(\.payload)
    }
    return all
}

@Suite struct CRC32CTests {
    /// RFC 3720, appendix B.4.
    static let vectors: [(bytes: [UInt8], want: UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        ([UInt8](0..<32), 0x46DD_794E), ([UInt8]((0 as UInt8..<32).reversed()), 0x113F_DB5C),
        ([UInt8]("123456789".utf8), 0xE306_9283), ([], 0),
    ]

    @Test(arguments: vectors)
    func agreesWithTheStandardsVectors(bytes: [UInt8], want: UInt32) {
        #expect(CRC32C.checksum(bytes) == want)
        #expect(bytes.withUnsafeBytes { CRC32C.checksumFromTables($0) } == want)
    }

    @Test(arguments: 0..<67) func theInstructionAndTheTablesAgree(count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let before = UInt32.random(in: .min ... .max, using: &random)
        let (one, other) = bytes.withUnsafeBytes {
            (CRC32C.checksum($0, continuing: before), CRC32C.checksumFromTables($0, continuing: before))
        }
        #expect(one == other)
    }
}

@Suite struct KeyIndexTests {
    @Test(arguments: 0..<5 as Range<UInt64>) func agreesWithASet(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var index = KeyIndex()
        var set: Set<Hash128> = []
        for _ in 0..<20_000 {
            let number = UInt64.random(in: 0..<25_000, using: &random)  // Spread, as hashes are.
            let key = Hash128(high: SeededGenerator.mix(number), low: SeededGenerator.mix(number &+ 1 << 32))
            #expect(index.contains(key) == set.contains(key))
            #expect(index.insert(key) == set.insert(key).inserted)
        }
        #expect(index.count == set.count)
    }
}

@Suite struct JournalTests {
    @Test func whatIsAppendedIsReadInOrderAlsoAfterReopening() async throws {
        let folder = try TemporaryDirectory()
        var want: [[UInt8]] = []
        for round in 0..<3 {
            let journal = try Journal(directory: folder.path)
            #expect(journal.sequenceEnd == UInt64(want.count))
            let batch = (0..<50).map { record(round * 50 + $0) }
            let outcomes = try await journal.append(batch)
            #expect(outcomes == (0..<50).map { .appended(sequence: UInt64(round * 50 + $0)) })
            want += batch.map(\.payload)
            await journal.close()
        }
        #expect(try payloads(folder.path) == want)
    }

    @Test func segmentsRollAndEveryRecordCanBeReadAlone() async throws {
        let folder = try TemporaryDirectory()
        var options = JournalOptions()
        options.segmentBytesMax = 2000
        let journal = try Journal(directory: folder.path, options: options)
        for index in 0..<200 { _ = try await journal.append([record(index, byteCount: index * 3)]) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".journal") }
        #expect(names.count > 5)
        for index in [0, 1, 31, 32, 33, 150, 199] {
            let got = try journal.read(from: UInt64(index), countMax: 1)
            #expect(got.map(\.payload) == [record(index, byteCount: index * 3).payload])
        }
        #expect(try journal.read(from: 200, countMax: 1).isEmpty)
        await journal.close()
        #expect(try payloads(folder.path).count == 200)
    }

    @Test func aKnownKeyIsADuplicateInTheSameBatchAndAfterReopening() async throws {
        let folder = try TemporaryDirectory()
        var journal = try Journal(directory: folder.path)
        let first = try await journal.append([record(0, key: 1), record(1, key: 2), record(2, key: 1), record(3)])
        #expect(first == [.appended(sequence: 0), .appended(sequence: 1), .duplicate, .appended(sequence: 2)])
        await journal.close()
        journal = try Journal(directory: folder.path)
        #expect(
            try await journal.append([record(4, key: 2), record(5, key: 3)]) == [.duplicate, .appended(sequence: 3)])
        await journal.close()
    }

    @Test func manyWritersEachGetTheirOwnAnswerOnce() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        let sequences = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for writer in 0..<20 {
                group.addTask {
                    var mine: [UInt64] = []
                    for index in 0..<25 {
                        let outcome = try await journal.append([
                            record(writer * 25 + index, key: writer * 25 + index + 1)
                        ])
                        if case .appended(let sequence)? = outcome.first { mine.append(sequence) }
                    }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(sequences.sorted() == Array(0..<500))
        await journal.close()
        #expect(Set(try payloads(folder.path)).count == 500)
    }

    @Test func aRecordThatGoesBadWhileItIsServedIsNamed() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        for index in 0..<40 { _ = try await journal.append([record(index)]) }
        let reader = try JournalReader(directory: folder.path)
        let path = folder.path + "/" + Segment.fileName(sequence: 0)
        let byteCount = RecordFormat.frameHeaderByteCount + record(10).payload.count
        let offset =
            Int64(RecordFormat.headerByteCount + RecordFormat.frameHeaderByteCount)
            + (0..<10).reduce(0) { $0 + Int64(2 * RecordFormat.frameHeaderByteCount + record($1).payload.count) }
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: UInt64(offset) + UInt64(byteCount) - 1)
        try file.write(contentsOf: Data([0x55]))
        let want = JournalError.corrupt(file: path, byteOffset: offset, reason: "a record is not whole")
        for (sequence, countMax) in [(0, 40), (0, 11), (10, 1), (11, 1), (20, 5)] as [(UInt64, Int)] {
            #expect(throws: want) { _ = try journal.read(from: sequence, countMax: countMax) }
            #expect(throws: want) { _ = try reader.read(from: sequence, countMax: countMax) }
        }
        #expect(try journal.read(from: 0, countMax: 10).count == 10)
        #expect(try journal.read(from: 32, countMax: 100).count == 8)
        try file.truncate(atOffset: UInt64(offset) + 3)
        #expect(throws: want) { _ = try journal.read(from: 0, countMax: 40) }
        await journal.close()
    }

    @Test func aFolderThatCannotBeListedIsNoEmptyJournal() throws {
        let folder = try TemporaryDirectory()
        #expect {
            _ = try JournalReader(directory: folder.path("nothing"))
        } throws: { error in
            if case .io(ENOENT, _)? = error as? JournalError { true } else { false }
        }
    }

    @Test func aSecondOwnerIsRefusedAndHearsWhoHasIt() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        #expect(throws: JournalError.locked(path: folder.path, holderPID: getpid())) {
            _ = try Journal(directory: folder.path)
        }
        #expect(try JournalReader.use(of: folder.path) == .held(pid: getpid()))
        await journal.close()
        #expect(try JournalReader.use(of: folder.path) == .free)
        #expect(try JournalReader.use(of: folder.path("nothing")) == .free)
    }

    @Test func aFollowerHearsOfEachRecord() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        #expect(!journal.waitForRecords(past: 0, timeout: Milliseconds(10)))
        let seen = Mutex<[UInt64]>([])
        let done = Mutex(false)
        Thread {
            var next: UInt64 = 0
            while next < 30 {
                guard journal.waitForRecords(past: next, timeout: .seconds(600)) else { break }
                let batch = (try? journal.read(from: next, countMax: 100)) ?? []
                seen.withLock { $0 += batch.map(\.sequence) }
                next += UInt64(batch.count)
            }
            done.withLock { $0 = true }
        }.start()
        for index in 0..<30 { _ = try await journal.append([record(index)]) }
        for _ in 0..<60_000 where !done.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(seen.withLock { $0 } == Array(0..<30))
        await journal.close()
    }
}

/// A disk that fails when it is told to.
@Suite struct JournalFaultTests {
    final class Disk: Sendable {
        let errorOfWrite = Mutex<Int32?>(nil)
        let isStuck = Mutex(false)
        let syncCount = Mutex(0)
        let isSyncBroken = Mutex(false)
        let isShort = Mutex(false)
        private let gate = Mutex<DispatchSemaphore?>(nil)
        private let isWaiting = Atomic<Bool>(false)

        /// Lets each sync wait until the returned closure is called.
        func hold() -> @Sendable () -> Void {
            let semaphore = DispatchSemaphore(value: 0)
            gate.withLock { $0 = semaphore }
            return { [self] in
                gate.withLock { $0 = nil }
                semaphore.signal()
            }
        }

        /// Returns once a sync waits.
        func isHeld() async {
            while !isWaiting.load(ordering: .relaxed) { try? await Task.sleep(for: .milliseconds(1)) }
        }

        var calls: JournalFileCalls {
            unsafe JournalFileCalls(
                write: { [self] descriptor, bytes in
                    if let code = errorOfWrite.withLock({ $0 }) {
                        _ = unsafe write(descriptor, bytes.baseAddress, bytes.count / 2)  // Half of it lands.
                        errno = code
                        return -1
                    }
                    if isStuck.withLock({ $0 }) { return 0 }
                    let count = isShort.withLock { $0 } ? max(1, bytes.count / 3) : bytes.count
                    return unsafe write(descriptor, bytes.baseAddress, count)
                },
                sync: { [self] descriptor in
                    if let gate = gate.withLock({ $0 }) {
                        isWaiting.store(true, ordering: .relaxed)
                        gate.wait()
                    }
                    syncCount.withLock { $0 += 1 }
                    return isSyncBroken.withLock { $0 } ? -1 : fdatasync(descriptor)
                })
        }
    }

    @Test(arguments: [(ENOSPC, JournalError.diskFull), (EFBIG, .diskFull), (EIO, nil)] as [(Int32, JournalError?)])
    func aFailedWriteAcknowledgesNothingAndLaterOnesWorkAgain(code: Int32, want: JournalError?) async throws {
        let folder = try TemporaryDirectory()
        let disk = Disk()
        let journal = try Journal(directory: folder.path, calls: disk.calls)
        _ = try await journal.append([record(0, key: 1)])
        disk.errorOfWrite.withLock { $0 = code }
        var got: JournalError?
        do throws(JournalError) { _ = try await journal.append([record(1, key: 2)]) } catch { got = error }
        if let want { #expect(got == want) } else { #expect(got != nil) }
        disk.errorOfWrite.withLock { $0 = nil }
        #expect(try await journal.append([record(2, key: 2)]) == [.appended(sequence: 1)])
        await journal.close()
        #expect(try payloads(folder.path) == [record(0).payload, record(2).payload])
    }

    @Test(.timeLimit(.minutes(1))) func aWriteThatTakesNothingIsAnError() async throws {
        let folder = try TemporaryDirectory()
        let disk = Disk()
        let journal = try Journal(directory: folder.path, calls: disk.calls)
        _ = try await journal.append([record(0)])
        disk.isStuck.withLock { $0 = true }
        await #expect(throws: JournalError.self) { _ = try await journal.append([record(1)]) }
        disk.isStuck.withLock { $0 = false }
        #expect(try await journal.append([record(2)]) == [.appended(sequence: 1)])
        await journal.close()
    }

    /// What a process that was killed had written is told to be a duplicate when it is sent again, so it must last.
    @Test func whatWasThereIsOnDiskBeforeTheFirstAnswer() async throws {
        let folder = try TemporaryDirectory()
        await (try Journal(directory: folder.path)).close()
        let disk = Disk()
        let first = try Journal(directory: folder.path, calls: disk.calls)
        #expect(disk.syncCount.withLock { $0 } == 0)
        _ = try await first.append([record(0, key: 1)])
        await first.close()
        disk.syncCount.withLock { $0 = 0 }
        let second = try Journal(directory: folder.path, calls: disk.calls)
        #expect(disk.syncCount.withLock { $0 } == 1)
        await second.close()
    }

    @Test func afterAFailedSyncNothingIsTakenUntilTheNextStart() async throws {
        let folder = try TemporaryDirectory()
        let disk = Disk()
        let journal = try Journal(directory: folder.path, calls: disk.calls)
        _ = try await journal.append([record(0)])
        disk.isSyncBroken.withLock { $0 = true }
        await #expect(throws: JournalError.poisoned) { _ = try await journal.append([record(1)]) }
        disk.isSyncBroken.withLock { $0 = false }
        await #expect(throws: JournalError.poisoned) { _ = try await journal.append([record(2)]) }
        #expect(journal.sequenceEnd == 1)
        #expect(journal.appendFailure == .poisoned)
        await journal.close()
        #expect(try payloads(folder.path) == [record(0).payload])
        let next = try Journal(directory: folder.path)
        #expect(next.appendFailure == nil)
        await next.close()
        #expect(next.appendFailure == .closed)
    }

    @Test func aClosedJournalWritesWhatWaitsAndRefusesTheRest() async throws {
        let folder = try TemporaryDirectory()
        let disk = Disk()
        var options = JournalOptions()
        options.backlogBytesMax = 2 * (RecordFormat.frameHeaderByteCount + record(0).payload.count)
        let journal = try Journal(directory: folder.path, options: options, calls: disk.calls)
        _ = try await journal.append([record(0)])  // The segment is made.
        let release = disk.hold()
        async let first = journal.append([record(1)])
        await disk.isHeld()
        let outcomes = await withTaskGroup(of: Result<[AppendOutcome], JournalError>.self) { group in
            for _ in 0..<3 { group.addTask { await Self.append(record(2), to: journal) } }
            let refused = await group.next()  // Two fit, so that two wait once the third is refused.
            #expect(refused == .failure(.backlogFull))
            async let closing: Void = journal.close()
            while await Self.append(record(3), to: journal) != .failure(.closed) {}
            release()
            await closing
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try await first == [.appended(sequence: 1)])
        let sequences = outcomes.compactMap { try? $0.get() }.flatMap { $0 }
        #expect(sequences.count == 2 && [2, 3].allSatisfy { sequences.contains(.appended(sequence: $0)) })
        #expect(await Self.append(record(4), to: journal) == .failure(.closed))
        #expect(try payloads(folder.path) == [0, 1, 2, 2].map { record($0).payload })
    }

    private static func append(
        _ record: JournalRecord, to journal: Journal
    ) async -> Result<[AppendOutcome], JournalError> {
        do throws(JournalError) { return .success(try await journal.append([record])) } catch { return .failure(error) }
    }

    @Test func shortWritesAreFinished() async throws {
        let folder = try TemporaryDirectory()
        let disk = Disk()
        disk.isShort.withLock { $0 = true }
        let journal = try Journal(directory: folder.path, calls: disk.calls)
        for index in 0..<10 { _ = try await journal.append([record(index, byteCount: 500)]) }
        await journal.close()
        #expect(try payloads(folder.path).count == 10)
    }

    @Test func aRecordPastTheBoundIsRefused() async throws {
        let folder = try TemporaryDirectory()
        var options = JournalOptions()
        options.recordBytesMax = 100
        let journal = try Journal(directory: folder.path, options: options)
        await #expect(throws: JournalError.self) { _ = try await journal.append([record(0, byteCount: 200)]) }
        await journal.close()
    }
}
