#ifndef QUANYU_CADBC_H
#define QUANYU_CADBC_H

// The binary interfaces of Arrow's C data and stream interface and of ADBC 1.1, declared from their specifications:
// https://arrow.apache.org/docs/format/CDataInterface.html
// https://arrow.apache.org/adbc/current/format/specification.html
// Members that Quanyu never calls are declared as plain pointers, only for their place in the structure.

#include <stddef.h>
#include <stdint.h>

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

enum { CADBC_SCHEMA_NULLABLE = 2 };

struct AdbcError {
    char *message;
    int32_t vendor_code;
    char sqlstate[5];
    void (*release)(struct AdbcError *);
    void *private_data;
    void *private_driver;
};

struct AdbcDatabase {
    void *private_data;
    void *private_driver;
};

struct AdbcConnection {
    void *private_data;
    void *private_driver;
};

struct AdbcStatement {
    void *private_data;
    void *private_driver;
};

/// Every function of a driver. A status of 0 is success; after any other, the error holds the message.
struct AdbcDriver {
    void *private_data;
    void *private_manager;
    uint8_t (*release)(struct AdbcDriver *, struct AdbcError *);

    uint8_t (*DatabaseInit)(struct AdbcDatabase *, struct AdbcError *);
    uint8_t (*DatabaseNew)(struct AdbcDatabase *, struct AdbcError *);
    uint8_t (*DatabaseSetOption)(struct AdbcDatabase *, const char *key, const char *value, struct AdbcError *);
    uint8_t (*DatabaseRelease)(struct AdbcDatabase *, struct AdbcError *);

    void *ConnectionCommit;
    void *ConnectionGetInfo;
    void *ConnectionGetObjects;
    void *ConnectionGetTableSchema;
    void *ConnectionGetTableTypes;
    uint8_t (*ConnectionInit)(struct AdbcConnection *, struct AdbcDatabase *, struct AdbcError *);
    uint8_t (*ConnectionNew)(struct AdbcConnection *, struct AdbcError *);
    void *ConnectionSetOption;
    void *ConnectionReadPartition;
    uint8_t (*ConnectionRelease)(struct AdbcConnection *, struct AdbcError *);
    void *ConnectionRollback;

    uint8_t (*StatementBind)(struct AdbcStatement *, struct ArrowArray *, struct ArrowSchema *, struct AdbcError *);
    void *StatementBindStream;
    uint8_t (*StatementExecuteQuery)(
        struct AdbcStatement *, struct ArrowArrayStream *out, int64_t *rows_affected, struct AdbcError *);
    void *StatementExecutePartitions;
    void *StatementGetParameterSchema;
    uint8_t (*StatementNew)(struct AdbcConnection *, struct AdbcStatement *, struct AdbcError *);
    uint8_t (*StatementPrepare)(struct AdbcStatement *, struct AdbcError *);
    uint8_t (*StatementRelease)(struct AdbcStatement *, struct AdbcError *);
    uint8_t (*StatementSetOption)(struct AdbcStatement *, const char *key, const char *value, struct AdbcError *);
    uint8_t (*StatementSetSqlQuery)(struct AdbcStatement *, const char *sql, struct AdbcError *);
    void *StatementSetSubstraitPlan;

    void *added_in_1_1[29];
};

/// Loads a driver and fills `driver`; the library stays loaded until the program ends.
///
/// `support_path` (NULL: none) is loaded first, with its symbols visible to the driver. Returns 0, or -1 with the
/// reason in `message`, cut to `message_size` bytes.
int cadbc_load(
    const char *library_path, const char *support_path, struct AdbcDriver *driver, char *message, size_t message_size);

#endif
