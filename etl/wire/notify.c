#include "wire/notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* *length: the bytes of the address that the kernel reads. An abstract name is not NUL-terminated: it begins
 * with NUL, and only the length ends it. */
static bool fill_address(const char *address, struct sockaddr_un *to, socklen_t *length, struct err *err)
{
    size_t count = strlen(address);
    *to = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((*address != '/' && *address != '@') || count < 2 || count >= sizeof to->sun_path)
        return err_set(err, ERR_UNAVAILABLE, "`%.80s` is not the address of a unix socket", address);
    memcpy(to->sun_path, address, count);
    if (*address == '@')
        to->sun_path[0] = '\0';
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count);
    return true;
}

bool notify_send(const char *address, const char *state, struct err *err)
{
    struct sockaddr_un to;
    socklen_t length = 0;
    if (!fill_address(address, &to, &length, err))
        return false;
    int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_fd < 0)
        return err_set(err, ERR_UNAVAILABLE, "cannot create a unix socket: %s", strerror(errno));
    ssize_t sent = sendto(socket_fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
                          (const struct sockaddr *)&to, length);
    int failed = errno;
    close(socket_fd);
    return sent >= 0 || err_set(err, ERR_UNAVAILABLE, "cannot notify %s: %s", address, strerror(failed));
}
