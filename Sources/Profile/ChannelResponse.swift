private import Base
public import Domain
public import Statistics
internal import Timeline

/// How often a person answered to what a channel put before them.
public struct ChannelResponse: Sendable, Equatable {
    public let channel: Channel
    public let answered: Proportion  // Of the touches whose window is over, or that were answered within it.
    public let evidence: Evidence  // The touches.

    /// The channel with most touches first.
    ///
    /// A touch is answered where within the window the person did something in the same channel, and about the same
    /// subject where both name one. A touch whose window still runs, unanswered, does not count yet.
    ///
    /// - Parameter entries: Newest first, none later than `timeMs`.
    static func all(_ entries: [TimelineEntry], at timeMs: Int64, windowMs: Int64) -> [ChannelResponse] {
        let groups = Dictionary(grouping: entries) { $0.channel }
        let responses = groups.compactMap { channel, entries -> ChannelResponse? in
            var (answered, evidence) = (Proportion(), Evidence())
            var later: [TimelineEntry] = []  // Responses after the entry, oldest last.
            for entry in entries {
                if entry.name.isTouch {
                    let isAnswered = later.reversed().prefix { $0.time.unixMs - entry.time.unixMs <= windowMs }
                        .contains { $0.subject == nil || entry.subject == nil || $0.subject == entry.subject }
                    if isAnswered || timeMs - entry.time.unixMs > windowMs {
                        answered.add(isAnswered)
                        evidence.add(entry)
                    }
                } else if entry.name.isResponse {
                    later.append(entry)
                }
            }
            guard answered.total > 0 else { return nil }
            return ChannelResponse(channel: channel, answered: answered, evidence: evidence)
        }
        return responses.sorted {
            ($1.answered.total, $0.channel.text) < ($0.answered.total, $1.channel.text)
        }
    }
}
