/*
 * Logs, in order, what a process does to the files of one folder: what it writes, when it lets a file reach the disk, and
 * the marks it sets itself. From such a journal tests/faults/powerloss.py builds the disks that a power failure may leave.
 * It can also let the n-th write, sync or truncation fail.
 *
 * gcc -shared -fPIC -O2 -o journal.so journal.c -ldl -lpthread
 * LD_PRELOAD=journal.so JOURNAL_FOLDER=/the/folder JOURNAL_FILE=/elsewhere/journal program
 *
 * A record: operation (1 byte), file (4), offset (8), length (4), all little-endian, and the bytes. A file is known by a
 * number; a name that is made again after it was removed gets a new one. Shared memory (-shm) is no file on disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPENED = 1, CREATED, WRITTEN, TRUNCATED, SYNCED, REMOVED, MARKED };
enum { FAIL_WRITE = 1, FAIL_SYNC = 2, FAIL_TRUNCATE = 4 };
enum { FILES = 4096, DESCRIPTORS = 4096 };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static int journal = -1;
static char *names[FILES];       /* of the files that exist, by number; NULL once removed */
static uint32_t files = 1;
static uint32_t of_descriptor[DESCRIPTORS]; /* 0: not a file of the folder */
static int fail_kinds, fail_error, fail_stays;
static long fail_after, fired;

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, #name)

static ssize_t write_really(int descriptor, const void *bytes, size_t length) {
    REAL(write);
    return real(descriptor, bytes, length);
}

__attribute__((constructor)) static void begin(void) {
    REAL(open);
    const char *file = getenv("JOURNAL_FILE");
    folder = getenv("JOURNAL_FOLDER");
    if (!folder || !file) return;
    folder_length = strlen(folder);
    journal = real(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void record(uint8_t operation, uint32_t file, uint64_t offset, const void *bytes, uint32_t length) {
    unsigned char head[17];
    head[0] = operation;
    memcpy(head + 1, &file, 4);
    memcpy(head + 5, &offset, 8);
    memcpy(head + 13, &length, 4);
    if (write_really(journal, head, sizeof head) != sizeof head) abort();
    if (length && write_really(journal, bytes, length) != (ssize_t)length) abort();
}

static int is_watched(const char *path) {
    size_t length = strlen(path);
    if (journal < 0 || strncmp(path, folder, folder_length) || path[folder_length] != '/') return 0;
    return length < 4 || strcmp(path + length - 4, "-shm");
}

static uint32_t file_of(int descriptor) {
    return journal >= 0 && descriptor >= 0 && descriptor < DESCRIPTORS ? of_descriptor[descriptor] : 0;
}

/* Says whether this call is to fail; errno is set. To be called with the turn. */
static int is_failing(int kind) {
    if (!(fail_kinds & kind)) return 0;
    if (fail_after > 1) { fail_after--; return 0; }
    fired++;
    if (!fail_stays) fail_kinds = 0;
    errno = fail_error;
    return 1;
}

/* ------------------------------------------------------------------ for the process itself */

void journal_mark(const void *bytes, uint32_t length) {
    if (journal < 0) return;
    pthread_mutex_lock(&turn);
    record(MARKED, 0, 0, bytes, length);
    pthread_mutex_unlock(&turn);
}

/* Lets the after-th call of these kinds from now on fail, once, or for good until told otherwise (kinds 0). */
void journal_fail(int kinds, long after, int error, int stays) {
    pthread_mutex_lock(&turn);
    fail_kinds = kinds; fail_after = after; fail_error = error; fail_stays = stays; fired = 0;
    pthread_mutex_unlock(&turn);
}

long journal_fired(void) { return fired; }

/* ------------------------------------------------------------------ in place of the C library's */

static int opened(int descriptor, const char *path, int existed) {
    if (descriptor < 0 || descriptor >= DESCRIPTORS || !is_watched(path)) return descriptor;
    struct stat about;
    if (fstat(descriptor, &about) || !S_ISREG(about.st_mode)) return descriptor;
    pthread_mutex_lock(&turn);
    uint32_t file = 0;
    for (uint32_t known = 1; known < files && !file; known++)
        if (names[known] && !strcmp(names[known], path)) file = known;
    if (!file) {
        if (files == FILES) abort();
        file = files++;
        names[file] = strdup(path);
        const char *name = path + folder_length + 1;
        record(existed ? OPENED : CREATED, file, 0, name, strlen(name));
    }
    of_descriptor[descriptor] = file;
    pthread_mutex_unlock(&turn);
    return descriptor;
}

#define OPEN(name)                                                                                                    \
    int name(const char *path, int flags, ...) {                                                                      \
        REAL(name);                                                                                                   \
        va_list rest;                                                                                                 \
        va_start(rest, flags);                                                                                        \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                       \
        va_end(rest);                                                                                                 \
        int existed = access(path, F_OK) == 0, kept = errno;                                                          \
        errno = kept;                                                                                                 \
        return opened(real(path, flags, mode), path, existed);                                                        \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                  \
    int name(int at, const char *path, int flags, ...) {                                                              \
        REAL(name);                                                                                                   \
        va_list rest;                                                                                                 \
        va_start(rest, flags);                                                                                        \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                       \
        va_end(rest);                                                                                                 \
        int existed = access(path, F_OK) == 0;                                                                        \
        return opened(real(at, path, flags, mode), path, existed);                                                    \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int descriptor) {
    REAL(close);
    if (file_of(descriptor)) of_descriptor[descriptor] = 0;
    return real(descriptor);
}

#define PWRITE(name, offset_type)                                                                                     \
    ssize_t name(int descriptor, const void *bytes, size_t length, offset_type offset) {                              \
        REAL(name);                                                                                                   \
        uint32_t file = file_of(descriptor);                                                                          \
        if (!file) return real(descriptor, bytes, length, offset);                                                    \
        pthread_mutex_lock(&turn);                                                                                    \
        ssize_t done = is_failing(FAIL_WRITE) ? -1 : real(descriptor, bytes, length, offset);                         \
        if (done > 0) record(WRITTEN, file, offset, bytes, done);                                                     \
        pthread_mutex_unlock(&turn);                                                                                  \
        return done;                                                                                                  \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int descriptor, const void *bytes, size_t length) {
    uint32_t file = file_of(descriptor);
    if (!file) return write_really(descriptor, bytes, length);
    pthread_mutex_lock(&turn);
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    ssize_t done = is_failing(FAIL_WRITE) ? -1 : write_really(descriptor, bytes, length);
    if (done > 0) record(WRITTEN, file, offset, bytes, done);
    pthread_mutex_unlock(&turn);
    return done;
}

#define TRUNCATE(name, length_type)                                                                                   \
    int name(int descriptor, length_type length) {                                                                    \
        REAL(name);                                                                                                   \
        uint32_t file = file_of(descriptor);                                                                          \
        if (!file) return real(descriptor, length);                                                                   \
        pthread_mutex_lock(&turn);                                                                                    \
        int done = is_failing(FAIL_TRUNCATE) ? -1 : real(descriptor, length);                                         \
        if (!done) record(TRUNCATED, file, length, NULL, 0);                                                          \
        pthread_mutex_unlock(&turn);                                                                                  \
        return done;                                                                                                  \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                                                                    \
    int name(int descriptor) {                                                                                        \
        REAL(name);                                                                                                   \
        uint32_t file = file_of(descriptor);                                                                          \
        if (!file) return real(descriptor);                                                                           \
        pthread_mutex_lock(&turn);                                                                                    \
        int done = is_failing(FAIL_SYNC) ? -1 : real(descriptor);                                                     \
        if (!done) record(SYNCED, file, 0, NULL, 0);                                                                  \
        pthread_mutex_unlock(&turn);                                                                                  \
        return done;                                                                                                  \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    REAL(unlink);
    pthread_mutex_lock(&turn);
    int done = real(path);
    if (!done && is_watched(path))
        for (uint32_t known = 1; known < files; known++)
            if (names[known] && !strcmp(names[known], path)) {
                record(REMOVED, known, 0, NULL, 0);
                free(names[known]);
                names[known] = NULL;
            }
    pthread_mutex_unlock(&turn);
    return done;
}
