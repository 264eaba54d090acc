import Base
import Domain
import HTTPServer

extension AccessError {
    /// The one place where an `AccessError` becomes HTTP. No `default`: a new case must be placed here.
    ///
    /// What the database said goes to the log; a stranger learns nothing of the machine.
    func response(_ log: Log) -> HTTPResponse {
        switch self {
        case .nameTaken:
            return problem(409, "name_taken", "there is a user of this name, whatever the case of its letters")
        case .unknownUser: return problem(404, "not_found", "there is no such user")
        case .lastAdmin:
            return problem(409, "last_admin", "this is the last administrator; add another one first")
        case .linkNotValid:
            return problem(
                403, "link_not_valid",
                "this link was used or is too old, or there is a user already; a start of the server without users "
                    + "prints a new one")
        case .overloaded:
            return problem(503, "overloaded", "too many passwords wait to be checked; try again", retryAfter: 2)
        case .storageFull:
            log.error("access storage is full")
            return problem(503, "storage_full", "the disk is full and nothing was changed", retryAfter: 30)
        case .storageFailed(let message):
            log.error("access storage failed", ("error", .string(message)))
            return problem(503, "storage_failed", "nothing was changed; the server's log says why", retryAfter: 5)
        }
    }

    private func problem(_ status: Int, _ code: String, _ detail: String, retryAfter: Int? = nil) -> HTTPResponse {
        var headers: HTTPHeaders = ["Cache-Control": "no-store"]
        headers["Retry-After"] = retryAfter.map(String.init)
        return .problem(status, code: code, detail: detail, headers: headers)
    }
}
