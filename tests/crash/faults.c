/* Preloaded into a process under test: counts what it changes under one folder, and at the n-th change
 * kills the process, or lets the disk be full from there on. Nothing happens before faults_arm().
 *
 * cc -shared -fPIC -O1 -o faults.so faults.c -ldl
 */
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
#include <sys/sendfile.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT, KILL, TEAR, FULL };

static char folder[PATH_MAX];
static size_t folder_length;
static int mode, armed, trace = -1;
static long at, seen;

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

void faults_arm(const char *under, int what, long n, int trace_fd) {
    strncpy(folder, under, sizeof folder - 1);
    folder_length = strlen(folder);
    mode = what, at = n, seen = 0, trace = trace_fd, armed = 1;
}

long faults_seen(void) { return seen; }

static int is_under(const char *path) {
    char here[PATH_MAX];
    if (!armed || !path) return 0;
    if (path[0] != '/') {
        if (!getcwd(here, sizeof here)) return 0;
        path = here;
    }
    return strncmp(path, folder, folder_length) == 0;
}

/* Asked of the system each time: not every number of a file goes through open() and close() here. */
static int is_watched(int fd) {
    char link[64], target[PATH_MAX];
    if (!armed || fd < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length <= 0) return 0;
    target[length] = 0;
    return strncmp(target, folder, folder_length) == 0;
}

static int is_under_at(int fd, const char *path) {
    if (path && path[0] == '/') return is_under(path);
    return fd == AT_FDCWD ? is_under(path) : is_watched(fd);
}

static void note(const char *what, const char *name, int fd) {
    char line[PATH_MAX + 64], link[64], target[PATH_MAX] = "";
    if (trace < 0) return;
    if (!name && fd >= 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, target, sizeof target - 1);
        if (length > 0) target[length] = 0;
        name = target;
    }
    int length = snprintf(line, sizeof line, "%s %s\n", what, name ? name : "");
    REAL(ssize_t, "write", int, const void *, size_t);
    real(trace, line, (size_t)length);
}

/* One change is about to happen. Returns 1 where the disk is full for it. */
static int change(const char *what, const char *name, int fd, int takes_room, size_t *length) {
    long number = __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
    note(what, name, fd);
    if (number < at || mode == COUNT) return 0;
    if (mode == FULL) return takes_room;
    if (mode == TEAR && length && *length > 1) {
        *length /= 2; /* the caller writes this much, then dies in torn() */
        return 0;
    }
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static void torn(size_t before, size_t now) {
    if (armed && mode == TEAR && now < before) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
}

#define NO_ROOM do { errno = ENOSPC; return -1; } while (0)

static int makes(int at_fd, const char *path, int flags) {
    struct stat found;
    return (flags & O_CREAT) && fstatat(at_fd, path, &found, 0) != 0;
}

#define OPEN(name, at_fd, path, flags, call) \
    int ours = is_under_at(at_fd, path); \
    if (ours && makes(at_fd, path, flags) && change("create", path, -1, 1, NULL)) NO_ROOM; \
    else if (ours && (flags & O_TRUNC) && !makes(at_fd, path, flags) && change("truncate", path, -1, 0, NULL)) NO_ROOM; \
    return call

#define MODE_OF(flags, last) \
    mode_t bits = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, last); bits = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) {
    REAL(int, "open", const char *, int, ...);
    MODE_OF(flags, flags)
    OPEN("open", AT_FDCWD, path, flags, real(path, flags, bits));
}
int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...);
    MODE_OF(flags, flags)
    OPEN("open64", AT_FDCWD, path, flags, real(path, flags, bits));
}
int openat(int fd, const char *path, int flags, ...) {
    REAL(int, "openat", int, const char *, int, ...);
    MODE_OF(flags, flags)
    OPEN("openat", fd, path, flags, real(fd, path, flags, bits));
}
int openat64(int fd, const char *path, int flags, ...) {
    REAL(int, "openat64", int, const char *, int, ...);
    MODE_OF(flags, flags)
    OPEN("openat64", fd, path, flags, real(fd, path, flags, bits));
}

#define FOPEN(name) \
    FILE *name(const char *path, const char *how) { \
        REAL(FILE *, #name, const char *, const char *); \
        int ours = is_under(path), flags = how[0] == 'r' ? 0 : O_CREAT; \
        if (ours && makes(AT_FDCWD, path, flags) && change("create", path, -1, 1, NULL)) { errno = ENOSPC; return NULL; } \
        return real(path, how); \
    }
FOPEN(fopen)
FOPEN(fopen64)

#define WRITES(name, fd, length, call) \
    if (!is_watched(fd)) return call; \
    size_t before = length; \
    if (change(name, NULL, fd, 1, &length)) NO_ROOM; \
    ssize_t wrote = call; \
    torn(before, length); \
    return wrote

ssize_t write(int fd, const void *data, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    WRITES("write", fd, length, real(fd, data, length));
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t where) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    WRITES("pwrite", fd, length, real(fd, data, length, where));
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t where) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    WRITES("pwrite", fd, length, real(fd, data, length, where));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    if (is_watched(fd) && change("writev", NULL, fd, 1, NULL)) NO_ROOM;
    return real(fd, parts, count);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t length) {
    REAL(ssize_t, "sendfile", int, int, off_t *, size_t);
    WRITES("sendfile", to, length, real(to, from, offset, length));
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) {
    REAL(ssize_t, "sendfile64", int, int, off64_t *, size_t);
    WRITES("sendfile", to, length, real(to, from, offset, length));
}
ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags) {
    REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    WRITES("copy_file_range", to, length, real(from, from_at, to, to_at, length, flags));
}

#define ON_FD(name, room, arguments, call, ...) \
    int name arguments { \
        REAL(int, #name, __VA_ARGS__); \
        if (is_watched(fd) && change(#name, NULL, fd, room, NULL)) NO_ROOM; \
        return call; \
    }
ON_FD(fsync, 0, (int fd), real(fd), int)
ON_FD(fdatasync, 0, (int fd), real(fd), int)
ON_FD(ftruncate, 0, (int fd, off_t length), real(fd, length), int, off_t)
ON_FD(ftruncate64, 0, (int fd, off64_t length), real(fd, length), int, off64_t)
ON_FD(fallocate, 1, (int fd, int how, off_t from, off_t length), real(fd, how, from, length), int, int, off_t, off_t)

int posix_fallocate(int fd, off_t from, off_t length) {
    REAL(int, "posix_fallocate", int, off_t, off_t);
    if (is_watched(fd) && change("posix_fallocate", NULL, fd, 1, NULL)) return ENOSPC;
    return real(fd, from, length);
}
int posix_fallocate64(int fd, off64_t from, off64_t length) {
    REAL(int, "posix_fallocate64", int, off64_t, off64_t);
    if (is_watched(fd) && change("posix_fallocate", NULL, fd, 1, NULL)) return ENOSPC;
    return real(fd, from, length);
}

#define ON_PATH(name, room, where, path, arguments, call, ...) \
    int name arguments { \
        REAL(int, #name, __VA_ARGS__); \
        if (is_under_at(where, path) && change(#name, path, -1, room, NULL)) NO_ROOM; \
        return call; \
    }
ON_PATH(mkdir, 1, AT_FDCWD, path, (const char *path, mode_t bits), real(path, bits), const char *, mode_t)
ON_PATH(mkdirat, 1, fd, path, (int fd, const char *path, mode_t bits), real(fd, path, bits), int, const char *, mode_t)
ON_PATH(rmdir, 0, AT_FDCWD, path, (const char *path), real(path), const char *)
ON_PATH(unlink, 0, AT_FDCWD, path, (const char *path), real(path), const char *)
ON_PATH(unlinkat, 0, fd, path, (int fd, const char *path, int flags), real(fd, path, flags), int, const char *, int)
ON_PATH(rename, 0, AT_FDCWD, to, (const char *from, const char *to), real(from, to), const char *, const char *)
ON_PATH(renameat, 0, to_fd, to, (int fd, const char *from, int to_fd, const char *to), real(fd, from, to_fd, to), int, const char *, int, const char *)
ON_PATH(renameat2, 0, to_fd, to, (int fd, const char *from, int to_fd, const char *to, unsigned flags), real(fd, from, to_fd, to, flags), int, const char *, int, const char *, unsigned)
ON_PATH(link, 1, AT_FDCWD, to, (const char *from, const char *to), real(from, to), const char *, const char *)
ON_PATH(linkat, 1, to_fd, to, (int fd, const char *from, int to_fd, const char *to, int flags), real(fd, from, to_fd, to, flags), int, const char *, int, const char *, int)
