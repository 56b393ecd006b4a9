/* rebolt for C, and for every language that can call C: read, check and recover a
 * bbolt file.
 *
 *   rebolt_db* db;
 *   if (rebolt_open("my.db", 1000, &db) != REBOLT_OK)
 *       fprintf(stderr, "%s\n", rebolt_message());
 *
 * No exception leaves these functions, and none of them prints. A database is used by
 * one thread at a time; different ones by different threads. Names, keys and values are
 * bytes with a length, and may hold zeros. docs/embedding.md has a program in C and one
 * in Python. */
#ifndef REBOLT_H
#define REBOLT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of this header: grows when something is added. What is there keeps its meaning. */
#define REBOLT_C_VERSION 2

/* Of the library: compare it with REBOLT_C_VERSION where the library is shared. */
int rebolt_c_version(void);
/* The release, "0.2.0". */
const char* rebolt_release(void);

/* Numbers are never given another meaning; take one that you do not know as a failure. */
typedef enum rebolt_status {
    REBOLT_OK = 0,
    REBOLT_DAMAGED = 1,    /* the file's bytes are wrong, or not all came back */
    REBOLT_NOT_FOUND = 2,  /* no such file, bucket or key */
    REBOLT_DENIED = 3,     /* the system does not let us */
    REBOLT_LOCKED = 4,     /* another program holds the file */
    REBOLT_INVALID = 5,    /* wrong arguments; no bolt file; a bucket, not a value */
    REBOLT_IO = 6,         /* the system reported an error */
    REBOLT_NO_MEMORY = 7,
    REBOLT_STOPPED = 8,    /* a function of yours asked for it */
    REBOLT_FAILED = 9      /* anything else */
} rebolt_status;

/* Of the last call of this thread that did not return REBOLT_OK: what happened, where,
 * and what to do. Valid until this thread's next call. */
const char* rebolt_message(void);

typedef struct rebolt_bytes {
    const void* data;
    size_t size;
} rebolt_bytes;

/* A database that is opened for reading. */
typedef struct rebolt_db rebolt_db;

/* Opens a file read-only and takes bbolt's shared lock, for which it waits so many
 * milliseconds; a negative number: without end. `*db` is set only on REBOLT_OK. */
rebolt_status rebolt_open(const char* path, int64_t timeout_milliseconds, rebolt_db** db);
/* Since version 2. Reads a file whose program has it open: takes no lock, and copies the
 * newest state that it can get hold of, to memory up to 256 MiB, else to an unnamed file
 * in $TMPDIR. REBOLT_LOCKED: commits came faster than the file could be read, for so
 * many milliseconds. */
rebolt_status rebolt_open_live(const char* path, int64_t timeout_milliseconds, rebolt_db** db);
/* Lets go of the file. NULL is allowed. */
void rebolt_close(rebolt_db* db);

/* Is called for a key and its value, or for a bucket, whose value is empty. The bytes are
 * valid during the call. Anything but 0 ends the walk. */
typedef int (*rebolt_visit)(void* context, const rebolt_bytes* key, const rebolt_bytes* value,
                            int is_bucket);

/* Visits all keys and buckets of one bucket, in the order of their bytes, without entering
 * the buckets. `names` leads to it from the top level; none: visits the top-level buckets.
 * REBOLT_STOPPED if `visit` ended it, REBOLT_DAMAGED at the first page that is wrong. */
rebolt_status rebolt_walk(rebolt_db* db, const rebolt_bytes* names, size_t name_count,
                          rebolt_visit visit, void* context);

/* The value of a key: `names` are buckets from the top level down, and at last the key.
 * `value->data` is a copy that ends with a zero byte more; give it back with
 * rebolt_free(). `*value` is set only on REBOLT_OK. */
rebolt_status rebolt_get(rebolt_db* db, const rebolt_bytes* names, size_t name_count,
                         rebolt_bytes* value);
/* Gives back what rebolt_get() has set. */
void rebolt_free(rebolt_bytes* value);

/* One thing that a file says wrongly. The texts are valid during the call. */
typedef struct rebolt_finding {
    const char* code;     /* stable: "page-cycle", see docs/findings.md */
    const char* severity; /* "note", "space", "data" or "fatal" */
    const char* message;
    uint64_t page;        /* UINT64_MAX: not about a page */
} rebolt_finding;

/* Anything but 0: no more of them. */
typedef int (*rebolt_visit_finding)(void* context, const rebolt_finding* finding);

/* Checks a whole file, worst finding first; `visit` may be NULL. REBOLT_OK: clean.
 * REBOLT_DAMAGED: the message is one sentence about it. REBOLT_INVALID: no bolt file. */
rebolt_status rebolt_check(const char* path, int64_t timeout_milliseconds,
                           rebolt_visit_finding visit, void* context);

/* Since version 2. Checks the newest state of a file whose program has it open, without
 * its lock; damage is told only if a second look shows it too. */
rebolt_status rebolt_check_live(const char* path, int64_t timeout_milliseconds,
                                rebolt_visit_finding visit, void* context);

/* What came back. */
typedef struct rebolt_recovered {
    uint64_t keys;          /* in the new file, buckets counted too */
    uint64_t current;       /* of these, proven to be of the newest state */
    uint64_t lost_estimate; /* keys that are not in it */
} rebolt_recovered;

/* Brings the data of a file back into a new one, which replaces what stands at `to`, and
 * only when it is whole. The damaged file stays as it is. REBOLT_OK: all came back.
 * REBOLT_DAMAGED: there is a new file, and something is missing or not proven.
 * `recovered`, which may be NULL, is set in both cases. */
rebolt_status rebolt_recover(const char* path, const char* to, int64_t timeout_milliseconds,
                             rebolt_recovered* recovered);

#ifdef __cplusplus
}
#endif

#endif
