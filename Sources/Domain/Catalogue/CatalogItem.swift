/// What is known of a subject that can be offered: its words for the console, its features for the models.
public struct CatalogItem: Sendable, Equatable {
    public let subject: Subject
    public let title: String
    public let category: String  // From coarse to fine, ` / ` between levels; empty where unknown.
    public let brand: String  // Empty where unknown.

    public init(subject: Subject, title: String, category: String, brand: String) {
        self.subject = subject
        self.title = title
        self.category = category
        self.brand = brand
    }
}
