/// Why something about users, sessions or tokens could not be done. Nothing was changed then.
public enum AccessError: Error, Hashable, Sendable {
    case nameTaken
    case unknownUser
    case lastAdmin  // Without one, nobody could let anyone in.
    case linkNotValid  // Used, too old, never made, or there is a user already.
    case overloaded  // Too many passwords wait to be checked: try again soon.
    case storageFull
    case storageFailed(message: String)  // Without any secret.
}
