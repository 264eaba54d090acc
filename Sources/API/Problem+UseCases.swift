import Base
import Cleaning
import Collect
import Decide
import Measure
import Timeline

// The one place where the errors of use cases become HTTP. No `default`: a new case must be placed here.

extension Problem {
    init(_ error: CollectError) {
        switch error {
        case .empty:
            self.init(status: 400, code: "empty", detail: "the request holds no event: send at least one")
        case .malformed(let reason, let byteOffset):
            self.init(JSONError(reason: reason, byteOffset: byteOffset))
        case .wrongShape(let expected, let got):
            self.init(status: 400, code: "wrong_shape", detail: "the body must be \(expected), not \(got)")
        case .tooManyEvents(let count, let countMax):
            self.init(
                status: 413, code: "too_many_events",
                detail: "the request holds \(count) events; at most \(countMax) are taken at once: send them in parts")
        case .tooLarge(let bytesMax):
            self.init(
                status: 413, code: "body_too_large",
                detail: "a body may have \(bytesMax) bytes, also after decompression: send several smaller ones")
        case .notSigned(let reason):
            self.init(status: 401, code: "not_signed", detail: "the signature does not prove the sender: \(reason)")
        case .throttled(let throttling):
            self.init(throttling)
        case .unavailable(let reason):
            self.init(
                status: 503, code: "unavailable",
                detail: "nothing was taken (\(reason)): send the same events with the same ids again")
        }
    }

    init(_ throttling: Throttling) {
        let (code, what) =
            switch throttling.reason {
            case .rate(let max): ("rate_limited", "this source may send \(max) events a second")
            case .quota(let max): ("quota_used_up", "this source may send \(max) events a day, which it has")
            case .underWay(let max):
                ("too_much_under_way", "requests of this source that wait for their answers hold \(max) bytes")
            case .queueFull: ("queue_full", "more is sent than can be written")
            }
        self.init(
            status: 429, code: code,
            detail: "nothing was taken: \(what); send the same events with the same ids again after "
                + "\(throttling.retryAfterSeconds) s",
            retryAfterSeconds: throttling.retryAfterSeconds)
    }

    init(_ error: JSONError) {
        let place = error.byteOffset.map { " at byte \($0)" } ?? ""
        self.init(status: 400, code: "malformed_json", detail: "the body is not JSON\(place): \(error.reason)")
    }

    init(_ error: DecideError) {
        let status =
            switch error {
            case .missing, .unknownField, .invalid, .tooMany: 400
            case .noCandidates: 422
            case .notRecorded: 503
            }
        self.init(status: status, code: error.code, detail: error.detail)
    }

    init(_ error: TimelineQueryError) {
        switch error {
        case .stepCountOutOfRange(let count, let max):
            self = .field("steps", "holds \(count) steps; 1 to \(max) are allowed")
        case .windowOutOfRange(let ms):
            self = .field("window_ms", "is \(ms), which is out of range")
        case .bucketOutOfRange(let ms):
            self.init(status: 400, code: "range_too_wide", detail: "buckets of \(ms) ms cannot be counted")
        case .tooManyGroups(let count, let max):
            self.init(
                status: 400, code: "range_too_wide",
                detail: "the answer would have \(count) groups; at most \(max) are counted: narrow `from` and `to`")
        case .columnCountOutOfRange(let count, let max):
            self = .field("columns", "is \(count); 1 to \(max) are allowed")
        case .dimensionsOutOfRange(let count, let max):
            self = .field("by", "holds \(count) names; up to \(max) different ones are allowed")
        case .exclusionOutOfPlace:
            self = .field(
                "exclusions",
                "stand between two steps, at most \(FunnelQuery.exclusionCountMax) of them, and not in a "
                    + "strict funnel, where nothing stands between steps")
        case .stepWindowWithoutOrder:
            self = .field("steps", "have no windows of their own where they come in any order")
        case .tallyOutOfRange(let count, let max):
            self.init(
                status: 422, code: "metric_too_large",
                detail: "the metric asks for \(count) numbers or kinds of events; at most \(max) are counted at once")
        case .groupCountOutOfRange(let count, let max):
            self = .field("limit", "is \(count); 1 to \(max) are allowed")
        case .tooManyPeriods(let max):
            self.init(
                status: 400, code: "range_too_wide",
                detail:
                    "the periods of `from` to `to`, with the `columns` after them, may be \(max): narrow them, "
                    + "or count by a longer `period`")
        case .precisionOutOfRange(let precision, let min, let max):
            self = .field("precision", "is \(precision); \(min) to \(max) are allowed")
        case .sketchesTooLarge(let cells, let max):
            self.init(
                status: 400, code: "range_too_wide",
                detail: "people would be sketched for up to \(cells) groups and periods; at most \(max) can be with "
                    + "this `precision`: lower it, or ask for a smaller `limit`, a longer `period` or less time")
        case .touchCountOutOfRange(let count, let max):
            self = .field("touches", "holds \(count) events; 1 to \(max) are allowed")
        }
    }

    init(_ error: StageModelError) {
        switch error {
        case .stageCountOutOfRange(let count, let max):
            self = .field("stages", "holds \(count) stages; 1 to \(max) are allowed")
        case .repeatedStage(let index):
            self = .field("stages[\(index)].id", "is the id of a stage before: each needs its own")
        case .ruleCountOutOfRange(let stage, let count, let max):
            self = .field("stages[\(stage)].rules", "holds \(count) rules; 1 to \(max) are allowed")
        case .conditionCountOutOfRange(let stage, let rule, let count, let max):
            self = .field("stages[\(stage)].rules[\(rule)].all", "holds \(count) conditions; 1 to \(max) are allowed")
        case .leastOutOfRange(let stage, let rule, let least, let max):
            self = .field("stages[\(stage)].rules[\(rule)].at_least", "is \(least); 1 to \(max) are allowed")
        case .windowOutOfRange(let stage, let rule, let days, let max):
            self = .field("stages[\(stage)].rules[\(rule)].within_days", "is \(days); 1 to \(max) are allowed")
        case .tooManyFilters(let count, let max):
            self = .field(
                "stages", "ask for \(count) different events in all; at most \(max) are told apart: leave some out")
        case .tooManyConditions(let count, let max):
            self = .field("stages", "hold \(count) conditions in all; at most \(max) are allowed")
        case .tooManySums(let count, let max):
            self = .field("stages", "sum \(count) different properties in all; at most \(max) are: leave some out")
        }
    }

    /// - Parameter log: As the caller named it.
    init(_ error: EvaluatePoliciesError, log: String) {
        switch error {
        case .tooFewDecisions(let count, let least):
            self.init(
                status: 422, code: "too_few_decisions",
                detail: "the log `\(log)` holds \(count) decisions; at least \(least) are needed: let more be made")
        case .noUsableSlot(let leftOut, let unseen):
            self.init(
                status: 422, code: "no_usable_slot",
                detail: "no slot of the newer half of the log `\(log)` can be judged: \(unseen) have no exposure that "
                    + "names their decision, \(leftOut) lack a probability above 0 or their choice is no candidate")
        }
    }

    init(_ error: CleaningSettingsError) {
        self = .field(error.place, error.rule)
    }

    init(_ error: CleaningChangeError) {
        switch error {
        case .rerunUnderWay:
            self.init(
                status: 409, code: "rerun_under_way",
                detail: "all history is being read again: wait until it is done, or cancel it first")
        case .noRerun: self.init(status: 409, code: "no_rerun", detail: "no history is being read again now")
        case .busy:
            self.init(status: 409, code: "busy", detail: "another change is being made at this moment: try again")
        case .unknownVersion(let number): self = .notFound("version \(number) of cleaning")
        case .failed(let reason):
            self.init(status: 503, code: "unavailable", detail: "nothing was changed (\(reason)): try again")
        }
    }

    init(_ error: ReadFailure) {
        self.init(status: 503, code: "unavailable", detail: "this cannot be read now (\(error.reason)): ask again")
    }
}
