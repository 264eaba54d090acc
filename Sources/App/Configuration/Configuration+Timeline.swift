import Domain
import Timeline

extension Configuration {
    /// The standard properties, and those that are asked for beside them.
    func timelineOptions(_ folder: DataFolder) throws(ConfigurationError) -> TimelineOptions {
        var properties = IndexedProperty.standard
        for text in list(.indexedProperties) where !properties.contains(where: { $0.name.text == text }) {
            guard let name = PropertyName(text) else {
                throw ConfigurationError(
                    description: "setting indexed_properties: a name has 1 to \(PropertyName.utf8CountMax) bytes")
            }
            properties.append(IndexedProperty(name: name))
        }
        guard properties.count <= IndexedProperty.countMax else {
            throw ConfigurationError(
                description: "setting indexed_properties: at most \(IndexedProperty.countMax) properties are "
                    + "indexed, \(IndexedProperty.standard.count) of which always are")
        }
        let (daysMax, bytesMax) = (whole(.timelineDaysMax), whole(.timelineMemoryBytesMax))
        return TimelineOptions(
            headCountMin: whole(.timelineHeadEventsMin), properties: properties,
            daysMax: daysMax == 0 ? nil : daysMax,
            memoryBudget: bytesMax == 0 ? nil : MemoryBudget(bytesMax: bytesMax, folder: folder.snapshots))
    }
}
