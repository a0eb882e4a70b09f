/* A disk that fails on demand, for a program started with LD_PRELOAD: calls on files whose name holds "winnow.db" fail
   with the errors, and so often, as the numbers in the file FAULTS say. It is mapped, so the numbers may change any time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct numbers { int write_error, read_error, sync_error, open_error, permille, sync_ms; };
static struct numbers *told;

__attribute__((constructor)) static void prepare(void) {
    const char *path = getenv("FAULTS");
    int file = path ? ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open"))(path, O_RDONLY) : -1;
    if (file >= 0) told = mmap(NULL, sizeof *told, PROT_READ, MAP_SHARED, file, 0);
    if (told == MAP_FAILED) told = NULL;
}

static int is_database(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, "winnow.db") != NULL;
}

static int fails(int file, int error) {
    if (!error || random() % 1000 >= told->permille || !is_database(file)) return 0;
    errno = error;
    return 1;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int file, const void *from, size_t size, off64_t at) {
    REAL(pwrite64);
    return told && fails(file, told->write_error) ? -1 : real(file, from, size, at);
}
ssize_t pread64(int file, void *to, size_t size, off64_t at) {
    REAL(pread64);
    return told && fails(file, told->read_error) ? -1 : real(file, to, size, at);
}
int ftruncate64(int file, off64_t size) {
    REAL(ftruncate64);
    return told && fails(file, told->write_error) ? -1 : real(file, size);
}
static void dawdle(int file) {
    if (told && told->sync_ms && is_database(file)) usleep(told->sync_ms * 1000);
}
int fdatasync(int file) {
    REAL(fdatasync);
    dawdle(file);
    return told && fails(file, told->sync_error) ? -1 : real(file);
}
int fsync(int file) {
    REAL(fsync);
    dawdle(file);
    return told && fails(file, told->sync_error) ? -1 : real(file);
}
int access(const char *path, int mode) {
    REAL(access);
    if (told && told->open_error && (mode & W_OK) && strstr(path, "winnow.db")) {
        errno = told->open_error;
        return -1;
    }
    return real(path, mode);
}
int open64(const char *path, int flags, ...) {
    REAL(open64);
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    if (told && told->open_error && (flags & O_ACCMODE) != O_RDONLY && strstr(path, "winnow.db")) {
        errno = told->open_error;
        return -1;
    }
    return real(path, flags, mode);
}
int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    return open64(path, flags | O_LARGEFILE, mode);
}
