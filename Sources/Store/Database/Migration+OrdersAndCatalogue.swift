extension Migration {
    /// Price and stock of what is offered, how they changed, and what platforms say that their orders come to.
    static let ordersAndCatalogue = Migration(
        id: "0008-orders-and-catalogue",
        sql: """
            ALTER TABLE catalog_item ADD COLUMN price_minor INTEGER;
            ALTER TABLE catalog_item ADD COLUMN price_currency TEXT;
            ALTER TABLE catalog_item ADD COLUMN cost_minor INTEGER;
            ALTER TABLE catalog_item ADD COLUMN cost_currency TEXT;
            ALTER TABLE catalog_item ADD COLUMN stock INTEGER CHECK (stock >= 0);
            ALTER TABLE catalog_item ADD COLUMN start_ms INTEGER;
            ALTER TABLE catalog_item ADD COLUMN end_ms INTEGER;
            ALTER TABLE catalog_item ADD COLUMN detail TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail));
            ALTER TABLE catalog_item ADD COLUMN discontinued_ms INTEGER;
            ALTER TABLE catalog_item ADD COLUMN updated_ms INTEGER;
            CREATE TABLE catalog_change (
                id       INTEGER PRIMARY KEY AUTOINCREMENT,
                kind     TEXT    NOT NULL,
                item_id  TEXT    NOT NULL,
                metric   TEXT    NOT NULL CHECK (metric IN ('price', 'cost', 'stock', 'discontinued')),
                time_ms  INTEGER NOT NULL,  -- Since when it is so.
                value    INTEGER NOT NULL,  -- Minor units; pieces; 0 or 1.
                currency TEXT,
                origin   TEXT    NOT NULL,
                noted_ms INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX catalog_change_by_item ON catalog_change (kind, item_id, metric, time_ms, id);
            CREATE TABLE order_total (
                source         TEXT    NOT NULL,
                day            TEXT    NOT NULL,  -- 2026-01-31, in the zone of the business.
                currency       TEXT    NOT NULL,
                order_count    INTEGER CHECK (order_count >= 0),
                gross_minor    INTEGER NOT NULL CHECK (gross_minor >= 0),
                refunded_minor INTEGER CHECK (refunded_minor >= 0),
                origin         TEXT    NOT NULL,
                actor          TEXT    NOT NULL,
                noted_ms       INTEGER NOT NULL,
                PRIMARY KEY (day, source, currency)
            ) STRICT, WITHOUT ROWID;
            """)
}
