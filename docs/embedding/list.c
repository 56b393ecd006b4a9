/* Checks a file, and lists the keys of a bucket in it: what a program in C looks like. */
#include <stdio.h>
#include <string.h>

#include <rebolt/rebolt.h>

static int print_finding(void* context, const rebolt_finding* finding) {
    (void)context;
    printf("%s %s: %s\n", finding->severity, finding->code, finding->message);
    return 0;
}

static int print_key(void* context, const rebolt_bytes* key, const rebolt_bytes* value,
                     int is_bucket) {
    (void)context;
    printf("%.*s: ", (int)key->size, (const char*)key->data);
    if (is_bucket)
        printf("a bucket\n");
    else
        printf("%zu bytes\n", value->size);
    return 0;
}

int main(int argc, char** argv) {
    rebolt_db* db = NULL;
    rebolt_bytes bucket;
    rebolt_status status;
    if (argc != 3) {
        fprintf(stderr, "usage: list FILE BUCKET\n");
        return 16;
    }
    status = rebolt_check(argv[1], 1000, print_finding, NULL);
    if (status == REBOLT_OK)
        status = rebolt_open(argv[1], 1000, &db);
    bucket.data = argv[2];
    bucket.size = strlen(argv[2]);
    if (status == REBOLT_OK)
        status = rebolt_walk(db, &bucket, 1, print_key, NULL);
    if (status != REBOLT_OK)
        fprintf(stderr, "list: %s\n", rebolt_message());
    rebolt_close(db);
    return (int)status;
}
