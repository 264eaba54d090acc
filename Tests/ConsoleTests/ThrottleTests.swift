import Base
import TestSupport
import Testing

@testable import Console

@Suite struct ThrottleTests {
    private let clock = ManualClock()

    private func attempt(_ address: String, _ name: String) -> SignInThrottle.Attempt {
        SignInThrottle.Attempt(address: address, name: name)
    }

    @Test func twentyFailuresFromAnAddressCloseItWhateverTheNames() {
        let throttle = SignInThrottle()
        for index in 0..<20 { #expect(throttle.begin(attempt("a", "name \(index)"), at: clock.now) == nil) }
        #expect(throttle.begin(attempt("a", "another"), at: clock.now) == 300)
        #expect(throttle.begin(attempt("b", "another"), at: clock.now) == nil)
    }

    @Test func theWindowSlides() {
        let throttle = SignInThrottle()
        for _ in 0..<5 {
            #expect(throttle.begin(attempt("a", "ana"), at: clock.now) == nil)
            clock.advance(by: .seconds(30))
        }
        #expect(throttle.begin(attempt("a", "ana"), at: clock.now) == 150)
        clock.advance(by: Milliseconds(149_001))
        #expect(throttle.begin(attempt("a", "ana"), at: clock.now) == 1)
        clock.advance(by: .seconds(1))
        #expect(throttle.begin(attempt("a", "ana"), at: clock.now) == nil)
        #expect(throttle.begin(attempt("a", "ana"), at: clock.now) == 30)
    }

    @Test func whoSucceedsStartsAfreshButClearsNoOtherName() {
        let throttle = SignInThrottle()
        for index in 0..<19 { #expect(throttle.begin(attempt("a", "name \(index)"), at: clock.now) == nil) }
        for _ in 0..<10 {
            #expect(throttle.begin(attempt("a", "ana"), at: clock.now) == nil)
            throttle.forget(attempt("a", "ana"), begunAt: clock.now)
        }
        #expect(throttle.begin(attempt("a", "another"), at: clock.now) == nil)
        #expect(throttle.begin(attempt("a", "ana"), at: clock.now) == 300)
    }

    @Test func anAttemptThatCouldNotBeCheckedDoesNotCount() {
        let throttle = SignInThrottle()
        for _ in 0..<100 {
            #expect(throttle.begin(attempt("a", "ana"), at: clock.now) == nil)
            throttle.takeBack(attempt("a", "ana"), begunAt: clock.now)
        }
        #expect(throttle.begin(attempt("a", "ana"), at: clock.now) == nil)
    }

    @Test func memoryIsBoundedAndTheSilentAreForgottenFirst() {
        let throttle = SignInThrottle(keysMax: 10)
        for _ in 0..<5 { #expect(throttle.begin(attempt("first", "ana"), at: clock.now) == nil) }
        for index in 0..<3 {
            clock.advance(by: .seconds(1))
            #expect(throttle.begin(attempt("\(index)", "ana"), at: clock.now) == nil)
        }
        #expect(throttle.begin(attempt("first", "ana"), at: clock.now) == 297)
        for index in 3..<50 {
            clock.advance(by: .seconds(1))
            #expect(throttle.begin(attempt("\(index)", "ana"), at: clock.now) == nil)
        }
        #expect(throttle.begin(attempt("first", "ana"), at: clock.now) == nil)
    }
}
