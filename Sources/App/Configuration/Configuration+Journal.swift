import Journal

extension Configuration {
    var journalOptions: JournalOptions {
        var options = JournalOptions()
        options.segmentBytesMax = Int64(whole(.journalSegmentBytes))
        options.keysInMemoryMax = whole(.journalKeysInMemoryMax)
        return options
    }
}
