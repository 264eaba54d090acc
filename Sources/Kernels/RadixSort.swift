/// Sorts numbers that are not negative, in ascending order.
///
/// Least significant digits first, by as many digits of eleven bits as the largest number has.
///
/// - Parameter bit: Bits below it are not looked at: numbers that differ in them alone stay in their order.
/// - Complexity: O(n · digits) time, and memory for the numbers once more.
public func sortAscending(_ numbers: inout [Int64], fromBit bit: Int64 = 0) {
    guard numbers.count > insertedCountMax || bit > 0 else { return numbers.sort() }
    let most = numbers.reduce(0) { $0 | $1 }
    precondition(most >= 0, "numbers are not negative")
    var other = [Int64](repeating: 0, count: numbers.count)
    var shift = bit
    while most >> shift != 0 {
        sortByDigit(numbers, shift, into: &other)
        swap(&numbers, &other)
        shift += digitBits
    }
}

private let insertedCountMax = 64
private let digitBits: Int64 = 11

private func sortByDigit(_ numbers: [Int64], _ shift: Int64, into sorted: inout [Int64]) {
    let source = numbers.span
    var target = sorted.mutableSpan
    let digitMask: Int64 = 1 << digitBits - 1
    var places: InlineArray<2048, Int> = .init(repeating: 0)  // Where the next number of each digit goes.
    for i in source.indices { places[Int(source[i] >> shift & digitMask)] &+= 1 }
    var place = 0
    for digit in places.indices {
        let count = places[digit]
        places[digit] = place
        place &+= count
    }
    for i in source.indices {
        let digit = Int(source[i] >> shift & digitMask)
        target[places[digit]] = source[i]
        places[digit] &+= 1
    }
}
