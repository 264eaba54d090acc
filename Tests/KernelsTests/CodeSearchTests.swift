import Base
import Testing

@testable import Kernels

struct CodeSearchTests {
    @Test(arguments: 0..<67)
    func findsTheFirstAndTheLastCodeInEveryPartOfEveryLength(length: Int) {
        var random = SeededGenerator(seed: UInt64(length))
        let codes = (0..<length).map { _ in UInt16.random(in: 0..<12, using: &random) * 5000 }
        for begin in 0...length {
            for end in begin...length {
                let want = codes[begin..<end].firstIndex(of: 5000) ?? end
                let got = unsafe firstPosition(of: 5000, in: codes.span, from: begin, to: end)
                #expect(got == want)
                let last = unsafe lastPosition(of: 5000, in: codes.span, from: begin, to: end)
                #expect(last == codes[begin..<end].lastIndex(of: 5000) ?? -1)
            }
        }
    }

    @Test(arguments: 0..<67)
    func findsTheFirstTimeNotBefore(length: Int) {
        let times = (0..<Int64(length)).map { $0 / 3 * 2 }
        for time in -1...Int64(length) {
            let want = times.firstIndex { $0 >= time } ?? length
            let got = unsafe firstPosition(at: time, in: times.span, from: 0, to: length)
            #expect(got == want)
        }
    }
}
