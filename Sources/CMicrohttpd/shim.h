#pragma once

#include <microhttpd.h>
#include <sys/socket.h>

// What libmicrohttpd takes by variable arguments, with fixed ones: Swift cannot call the former.

typedef struct {
    unsigned int threadCount;
    unsigned int connectionCountMax;
    unsigned int inactiveSecondsMax;
    size_t connectionMemoryBytes;  // Also the bound of a request's line and headers.
    void *context;  // The first argument of every callback.
    MHD_AccessHandlerCallback access;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
    void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
} CMicrohttpdOptions;

// A daemon that serves the connections it is given.
static inline struct MHD_Daemon *cmicrohttpd_start(const CMicrohttpdOptions *options) {
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET, 0, NULL,
        NULL, options->access, options->context,
        MHD_OPTION_THREAD_POOL_SIZE, options->threadCount,
        MHD_OPTION_CONNECTION_LIMIT, options->connectionCountMax,
        MHD_OPTION_CONNECTION_TIMEOUT, options->inactiveSecondsMax,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->connectionMemoryBytes,
        MHD_OPTION_NOTIFY_COMPLETED, options->completed, options->context,
        MHD_OPTION_NOTIFY_CONNECTION, options->connection, options->context,
        MHD_OPTION_URI_LOG_CALLBACK, options->target, options->context,
        MHD_OPTION_END);
}

static inline int cmicrohttpd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

static inline const struct sockaddr *cmicrohttpd_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info == NULL ? NULL : info->client_addr;
}

// What the connection callback keeps with the connection; NULL where it is not known.
static inline void *cmicrohttpd_link(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

// Sends what fits now, and raises no signal where the peer is gone. Here, since Swift sees the flags only by luck:
// which module owns an unmodular system header depends on the order of imports.
static inline ssize_t cmicrohttpd_send_now(int socket, const void *bytes, size_t count) {
    return send(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}
