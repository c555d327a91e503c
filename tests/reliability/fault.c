/* Faults at the n-th call that changes what lies under a folder, for tests of reliability.

   Preloaded (LD_PRELOAD), it counts writes, flushes, renames, new folders and new files below a
   folder. `fault_arm` says at which of them what happens: the call fails with an error number, or
   the process is killed there, half of a write being done. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[PATH_MAX];
static long count, at;
static int fails_with; /* 0: the process is killed */

void fault_arm(const char *folder, long call, int error) {
    snprintf(root, sizeof root, "%s", folder);
    count = 0, at = call, fails_with = error;
}

long fault_count(void) { return count; }

static int inside(const char *path) {
    return root[0] && path && strncmp(path, root, strlen(root)) == 0;
}

static int inside_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!root[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return inside(path);
}

static int strikes(int here) { /* once, and for a full disk at every call after it */
    if (!here) return 0;
    count++;
    if (!at || count < at) return 0;
    return count == at || fails_with == ENOSPC;
}

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define FAIL do { if (!fails_with) die(); errno = fails_with; return -1; } while (0)

ssize_t write(int fd, const void *buffer, size_t size) {
    REAL(write);
    if (strikes(inside_fd(fd))) { if (!fails_with) real(fd, buffer, size / 2); FAIL; }
    return real(fd, buffer, size);
}

ssize_t writev(int fd, const struct iovec *pieces, int number) {
    REAL(writev);
    if (strikes(inside_fd(fd))) FAIL;
    return real(fd, pieces, number);
}

int fsync(int fd) {
    REAL(fsync);
    if (strikes(inside_fd(fd))) FAIL;
    return root[0] ? 0 : real(fd); /* nothing here outlives a loss of power */
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if (strikes(inside(to))) FAIL;
    return real(from, to);
}

int renameat(int one, const char *from, int other, const char *to) {
    REAL(renameat);
    if (strikes(inside(to))) FAIL;
    return real(one, from, other, to);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    if (strikes(inside(path))) FAIL;
    return real(path, mode);
}

#define OPEN(name)                                                                   \
    int name(const char *path, int flags, ...) {                                     \
        mode_t mode = 0;                                                             \
        if (flags & O_CREAT) {                                                       \
            va_list rest;                                                            \
            va_start(rest, flags);                                                   \
            mode = va_arg(rest, mode_t);                                             \
            va_end(rest);                                                            \
        }                                                                            \
        REAL(name);                                                                  \
        if ((flags & O_CREAT) && strikes(inside(path))) FAIL;                        \
        return real(path, flags, mode);                                              \
    }

OPEN(open)
OPEN(open64)
