/* Loaded before the C library into an engine that is to end itself with `kill -9`: at a system
 * call that no Python stands behind. MARQUE_DYING=POINT:N:SEED says which and at which passing;
 * the points are those of dying.py.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define SECTOR 512

static int is_due(const char *point) {
    static int passed = 0;
    const char *given = getenv("MARQUE_DYING");
    size_t length = strlen(point);
    if (given == NULL || strncmp(given, point, length) != 0 || given[length] != ':')
        return 0;
    return __atomic_add_fetch(&passed, 1, __ATOMIC_SEQ_CST) >= atoi(given + length + 1);
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static int is_group(const struct iovec *pieces, int count) {
    return count > 1 && pieces[0].iov_len == 32 && memcmp(pieces[0].iov_base, "MQG2", 4) == 0;
}

/* Some of the sectors, never all and never none. */
static void write_torn(int fd, const char *data, size_t size, off_t offset) {
    const char *seed = strrchr(getenv("MARQUE_DYING"), ':') + 1;
    size_t first = SECTOR - (size_t)(offset % SECTOR);
    size_t sectors = 1 + (size > first ? (size - first + SECTOR - 1) / SECTOR : 0);
    srandom((unsigned)atoi(seed));
    size_t lost = (size_t)random() % sectors, kept = (lost + 1) % sectors;
    for (size_t number = 0; number < sectors; number++) {
        size_t start = number == 0 ? 0 : first + (number - 1) * SECTOR;
        size_t end = first + number * SECTOR;
        if (number == lost || (number != kept && random() % 2 == 0))
            continue;
        end = end < size ? end : size;
        if (pwrite(fd, data + start, end - start, offset + (off_t)start) < 0)
            abort();
    }
}

typedef ssize_t write_call(int, const struct iovec *, int, off_t, int);

static ssize_t written(
    write_call *call, int fd, const struct iovec *pieces, int count, off_t offset, int flags
) {
    if (!is_group(pieces, count))
        return call(fd, pieces, count, offset, flags);
    if (is_due("before_write"))
        die();
    size_t size = 0;
    for (int number = 0; number < count; number++)
        size += pieces[number].iov_len;
    if (offset > 0 && (size_t)(SECTOR - offset % SECTOR) < size && is_due("torn_write")) {
        char *data = malloc(size), *end = data;
        for (int number = 0; number < count; number++)
            end = mempcpy(end, pieces[number].iov_base, pieces[number].iov_len);
        write_torn(fd, data, size, offset);
        die();
    }
    if (is_due("before_sync")) {
        call(fd, pieces, count, offset, 0);
        die();
    }
    ssize_t done = call(fd, pieces, count, offset, flags);
    if (is_due("before_answer"))
        die();
    return done;
}

ssize_t pwritev2(int fd, const struct iovec *pieces, int count, off_t offset, int flags) {
    write_call *call = (write_call *)dlsym(RTLD_NEXT, "pwritev2");
    return written(call, fd, pieces, count, offset, flags);
}

ssize_t pwritev64v2(int fd, const struct iovec *pieces, int count, off_t offset, int flags) {
    write_call *call = (write_call *)dlsym(RTLD_NEXT, "pwritev64v2");
    return written(call, fd, pieces, count, offset, flags);
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
    ssize_t (*call)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
    if (is_due("half_answer")) {
        call(fd, data, size / 2, flags);
        die();
    }
    ssize_t sent = call(fd, data, size, flags);
    if (is_due("after_answer"))
        die();
    return sent;
}
