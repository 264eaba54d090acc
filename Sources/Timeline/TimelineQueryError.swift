/// Why a question cannot be asked.
public enum TimelineQueryError: Error, Sendable, Equatable {
    case stepCountOutOfRange(count: Int, max: Int)
    case windowOutOfRange(ms: Int64)
    case bucketOutOfRange(ms: Int64)
    case tooManyGroups(count: Int, max: Int)
    case columnCountOutOfRange(count: Int, max: Int)
    case tallyOutOfRange(count: Int, max: Int)
    case tooManyPeriods(max: Int)
    case dimensionsOutOfRange(count: Int, max: Int)
    case exclusionOutOfPlace
    case stepWindowWithoutOrder
    case groupCountOutOfRange(Int, max: Int)
    case precisionOutOfRange(Int, min: Int, max: Int)
    case sketchesTooLarge(cells: Int, max: Int)
    case touchCountOutOfRange(count: Int, max: Int)
}
