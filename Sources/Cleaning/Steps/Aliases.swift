import Domain

/// One name for what has had several: products (and all other subjects) and channels.
///
/// What an event that names a decision is about stays as decided, so that the two can be compared.
struct Aliases: ReadyStep {
    static let step = CleaningStep.aliases

    private let subjects: AliasTable
    private let channels: AliasTable

    init(_ settings: AliasSettings) {
        subjects = AliasTable(settings.subjects, prefixes: settings.subjectPrefixes)
        channels = AliasTable(settings.channels, prefixes: settings.channelPrefixes)
    }

    func callAsFunction(_ event: inout Event) -> StepOutcome {
        var isChanged = false
        if !channels.isEmpty, let channel = channels.name(for: event.channel.text).flatMap({ Channel($0) }) {
            (event.channel, isChanged) = (channel, true)
        }
        if !subjects.isEmpty, event.decision == nil, let old = event.subject,
            let subject = subjects.name(for: old.description).flatMap({ Subject($0) })
        {
            (event.subject, isChanged) = (subject, true)
        }
        return isChanged ? .changed : .untouched
    }
}
