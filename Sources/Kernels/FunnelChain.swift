extension FunnelState {
    /// Longest history that is followed backwards: each candidate costs at most a pass over it.
    static let shortCountMax = 512

    /// As `follow`, for a short history and steps that ask for a name alone.
    ///
    /// Searches forward for the next step's code only. From an event found, the latest chain that ends there is walked
    /// back: the last event of the step before at that time or earlier, then the last of the one before that. No other
    /// chain begins later, so if this one is too long for the window, all are.
    ///
    /// - Precondition: `begin...last` lies within the columns.
    @unsafe @inline(__always)
    mutating func followShort(
        windowMs: Int64, from begin: Int, to last: Int, times: Span<Int64>, names: Span<UInt16>
    ) {
        level = 0
        var next = begin
        while level < stepCount {
            let code = unsafe codes[unchecked: level]
            let found = unsafe firstPosition(of: code, in: names, from: next, to: last)
            guard found < last else { return }
            let start = unsafe chainStart(
                endingAt: found, windowMs: windowMs, from: begin, to: last, times: times, names: names)
            next = found &+ 1
            guard start >= begin else { continue }
            origin = start
            level &+= 1
            // An event of the following step may stand before `found` and share its time.
            next = found
            let timeMs = unsafe times[unchecked: found]
            while next > begin, unsafe times[unchecked: next &- 1] == timeMs { next &-= 1 }
        }
    }

    /// Position of the first step of the latest chain that ends at `found`, an event of step `level`; −1 where there is
    /// none within the window.
    @unsafe @inline(__always)
    private func chainStart(
        endingAt found: Int, windowMs: Int64, from begin: Int, to last: Int, times: Span<Int64>, names: Span<UInt16>
    ) -> Int {
        let earliestMs = unsafe times[unchecked: found] &- windowMs
        var position = found
        var step = level == 0 ? 0 : level &- 1
        while true {
            let timeMs = unsafe times[unchecked: position]
            guard timeMs >= earliestMs else { return -1 }
            position &+= 1
            while position < last, unsafe times[unchecked: position] == timeMs { position &+= 1 }
            let code = unsafe codes[unchecked: step]
            position = unsafe lastPosition(of: code, in: names, from: begin, to: position)
            guard position >= 0 else { return -1 }
            if step == 0 { return unsafe times[unchecked: position] >= earliestMs ? position : -1 }
            step &-= 1
        }
    }
}
