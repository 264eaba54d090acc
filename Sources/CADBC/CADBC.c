#include "include/CADBC.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef uint8_t (*driver_init)(int version, void *driver, struct AdbcError *error);

enum { ADBC_VERSION_1_1 = 1001000 };

static int fail(char *message, size_t message_size, const char *reason) {
    snprintf(message, message_size, "%s", reason ? reason : "unknown error");
    return -1;
}

int cadbc_load(
    const char *library_path, const char *support_path, struct AdbcDriver *driver, char *message, size_t message_size) {
    if (support_path && !dlopen(support_path, RTLD_LAZY | RTLD_GLOBAL)) return fail(message, message_size, dlerror());
    // Lazy: functions that only Python would call are never bound.
    void *library = dlopen(library_path, RTLD_LAZY | RTLD_LOCAL);
    if (!library) return fail(message, message_size, dlerror());

    driver_init init = (driver_init)dlsym(library, "duckdb_adbc_init");
    if (!init) init = (driver_init)dlsym(library, "AdbcDriverInit");
    if (!init) return fail(message, message_size, "the library has no ADBC entry point");

    memset(driver, 0, sizeof *driver);
    struct AdbcError error = {0};
    uint8_t status = init(ADBC_VERSION_1_1, driver, &error);
    if (status == 0) return 0;
    fail(message, message_size, error.message ? error.message : "the driver does not speak ADBC 1.1");
    if (error.release) error.release(&error);
    return -1;
}
