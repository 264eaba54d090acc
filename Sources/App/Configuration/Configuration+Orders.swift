import Base
import Foundation
import Orders

extension Configuration {
    var orderRules: OrderRules {
        get throws(ConfigurationError) { OrderRules(zone: try dayZone, currency: currency(.currency)) }
    }

    /// The zone that days are counted in.
    var dayZone: DayZone {
        get throws(ConfigurationError) {
            let name = text(.timeZone)
            guard let zone = DayZone(iana: name) else {
                throw ConfigurationError(
                    description: "setting time_zone: \(name) is no zone of the IANA database, such as Asia/Shanghai")
            }
            return zone
        }
    }
}

extension DayZone {
    /// Nil where the IANA database has no such zone.
    init?(iana name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.init(name: name) { time in
            let date = Date(timeIntervalSince1970: Double(time.unixMs) / 1000)
            return .seconds(Int64(zone.secondsFromGMT(for: date)))
        }
    }
}
