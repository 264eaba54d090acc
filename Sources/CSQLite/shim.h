#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast macro, which Swift cannot import: SQLite copies the bytes before these return.

static inline int csqlite_bind_text(sqlite3_stmt *statement, int position, const char *text, int count) {
    return sqlite3_bind_text(statement, position, text, count, SQLITE_TRANSIENT);
}

static inline int csqlite_bind_blob(sqlite3_stmt *statement, int position, const void *bytes, int count) {
    return count == 0 ? sqlite3_bind_zeroblob(statement, position, 0)
                      : sqlite3_bind_blob(statement, position, bytes, count, SQLITE_TRANSIENT);
}

// Extended result codes are expressions, which Swift cannot import either.
enum {
    CSQLITE_CONSTRAINT_PRIMARYKEY = SQLITE_CONSTRAINT_PRIMARYKEY,
    CSQLITE_CONSTRAINT_UNIQUE = SQLITE_CONSTRAINT_UNIQUE,
};
