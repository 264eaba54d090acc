public import Base

/// What the audit log records. The raw value is what is stored.
public enum AuditAction: String, Sendable, CaseIterable {
    case signIn = "sign_in"
    case signInRefused = "sign_in_refused"
    case signOut = "sign_out"
    case setUp = "set_up"
    case userAdded = "user_added"
    case userRemoved = "user_removed"
    case passwordChanged = "password_changed"
    case tokenCreated = "token_created"
    case tokenRevoked = "token_revoked"
    case quarantineReplayed = "quarantine_replayed"
    case identityJudged = "identity_judged"
    case personErased = "person_erased"
    case planDrafted = "plan_drafted"
    case planFrozen = "plan_frozen"
    case planPutInForce = "plan_put_in_force"
    case qualityRuleSet = "quality_rule_set"
    case alarmAcknowledged = "alarm_acknowledged"
    case sourceLimited = "source_limited"
    case douyinSecretSet = "douyin_secret_set"
    case douyinSecretCleared = "douyin_secret_cleared"
    case orderTotalsNoted = "order_totals_noted"
    case catalogueChanged = "catalogue_changed"
    case mappingSaved = "mapping_saved"
    case mappingRemoved = "mapping_removed"
    case webhookSaved = "webhook_saved"
    case webhookRemoved = "webhook_removed"
    case logSaved = "log_saved"
    case logRemoved = "log_removed"
    case importChanged = "import_changed"
    case cleaningChanged = "cleaning_changed"
    case cleaningRerun = "cleaning_rerun"
    case cleaningRerunCancelled = "cleaning_rerun_cancelled"
    case ratesAdded = "rates_added"
    case stageModelSaved = "stage_model_saved"
    case stageModelRemoved = "stage_model_removed"
    case audienceSaved = "audience_saved"
    case audienceRemoved = "audience_removed"
}

/// Who did what to what.
public struct AuditEntry: Sendable, Equatable {
    public let actor: String  // `Identity.actor`, or `address:…` for someone unknown.
    public let action: AuditAction
    public let target: String
    public let detail: JSONObject  // Never a secret.

    public init(actor: String, action: AuditAction, target: String, detail: JSONObject = JSONObject()) {
        self.actor = actor
        self.action = action
        self.target = target
        self.detail = detail
    }
}
