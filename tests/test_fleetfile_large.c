/* Fleet files of many elements: they go in and out in pieces, and one that breaks late leaves nothing behind.
 */
#include "fleetfile_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* A file of thin clients that is made up while it is read. */
struct generator {
    int64_t count;
    int64_t broken; /* element with a MAC that is too short; -1: none */
    int64_t next;   /* element to make up */
    char text[256]; /* of it */
    size_t length, pos;
};

enum { DIRECTORIES = 100 };

static void begin_file(struct generator *gen)
{
    gen->length = (size_t)snprintf(gen->text, sizeof gen->text,
                                   "{\"firmwares\":[{\"id\":\"1\",\"product\":\"p\"}],\"thinclients\":[");
}

static void make_element(struct generator *gen)
{
    int64_t i = gen->next;
    gen->length = (size_t)snprintf(
        gen->text, sizeof gen->text,
        "%s{\"mac\":\"%012llX\",\"firmwareID\":\"1\",\"id\":\"%lld\",\"parentID\":\"-1\",\"site\":"
        "\"Site %lld\",\"cpuSpeed\":2400,\"lastContact\":\"2024-02-29 12:00:00.000\"}",
        i ? ",\n" : "", (unsigned long long)(i * 7919 % 16777213) + 0xE0C5000000, (long long)i + 1,
        (long long)i % DIRECTORIES);
    if (i == gen->broken)
        memmove(strstr(gen->text, "E0C5"), strstr(gen->text, "E0C5") + 1, strlen(strstr(gen->text, "E0C5")));
    gen->length = strlen(gen->text);
}

static bool refill(struct generator *gen)
{
    gen->pos = 0;
    gen->length = 0;
    if (gen->next == -1)
        begin_file(gen);
    else if (gen->next < gen->count)
        make_element(gen);
    else if (gen->next == gen->count)
        gen->length = (size_t)snprintf(gen->text, sizeof gen->text, "]}");
    gen->next++;
    return gen->length > 0;
}

static int64_t read_generated(void *ctx, char *buf, size_t size)
{
    struct generator *gen = ctx;
    size_t done = 0;
    while (done < size && (gen->pos < gen->length || refill(gen))) {
        size_t left = gen->length - gen->pos, count = left < size - done ? left : size - done;
        memcpy(buf + done, gen->text + gen->pos, count);
        gen->pos += count;
        done += count;
    }
    return (int64_t)done;
}

static itg_error_t import_generated(int64_t count, int64_t broken, itg_fleetfile_counts_t *ret_counts)
{
    struct generator gen = {.count = count, .broken = broken, .next = -1};
    return itg_import(fx.itg, read_generated, &gen, NULL, NULL, ret_counts, &fx.failure);
}

START_TEST(a_file_that_breaks_at_element_400000_leaves_nothing)
{
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "was there", ITG_ROOT_THINCLIENTS);
    assert_ok(
        import("{\"directories\":[{\"id\":\"999999\",\"name\":\"d\",\"objectType\":\"tcdirectory\"}]}"));
    assert_ok(itg_directory_delete(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, 1, &fx.failure));
    char *before = fixture_fingerprint(fx.itg);
    ck_assert_int_eq(import_generated(500000, 400000, NULL), ITG_E_MAC_LENGTH);
    assert_message("thinclients[400000].mac: MAC must be 12 characters long.", "the broken element");
    itg_failure_clear(&fx.failure);
    fixture_assert_unchanged(before, "broken at 400,000", __FILE__, __LINE__);
    fixture_assert_sound(fx.itg);
    /* No id was used up, and the fleet still works. */
    ck_assert_int_eq(make_firmware("next"), 1);
    ck_assert_int_eq(make_thinclient("00E0C5000000", 999999, 1), 1000000);
}
END_TEST

static int64_t peak_kib(void)
{
    struct rusage usage;
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

#if defined(__SANITIZE_ADDRESS__)
enum { PLAIN = 0 };
#else
enum { PLAIN = 1 };
#endif

START_TEST(many_go_in_and_out_in_little_memory)
{
    itg_fleetfile_counts_t in = {0}, out = {0};
    size_t size = 0;
    int64_t before = peak_kib();
    assert_ok(import_generated(200000, -1, &in));
    assert_ok(itg_export(fx.itg, swallow, &size, NULL, NULL, &out, &fx.failure));
    ck_assert_int_eq(in.thinclients, 200000);
    ck_assert_mem_eq(&in, &out, sizeof in);
    ck_assert_uint_gt(size, (size_t)200000 * 1000);
    /* The page cache of the store is 16 MiB; the export has more than 200 MB. */
    if (PLAIN)
        ck_assert_int_lt(peak_kib() - before, 40 * 1024);
}
END_TEST

/* Thin clients in front of all that they refer to: nothing may be looked for in a way that grows with the
 * square. */
START_TEST(references_to_what_follows_do_not_cost_the_square)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(stream);
    const int count = 20000;
    fputs("{\"thinclients\":[", stream);
    for (int i = 0; i < count; i++)
        fprintf(stream, "%s{\"mac\":\"%012X\",\"firmwareID\":\"%d\",\"id\":\"%d\",\"parentID\":\"%d\"}",
                i ? "," : "", i, i + 1, count + i + 1, i + 1);
    fputs("],\"directories\":[", stream);
    for (int i = count; i > 0; i--)
        fprintf(stream, "%s{\"id\":\"%d\",\"name\":\"d\",\"parentID\":\"%d\",\"objectType\":\"tcdirectory\"}",
                i < count ? "," : "", i, i % 90 == 1 ? -1 : i - 1);
    fputs("],\"firmwares\":[", stream);
    for (int i = count; i > 0; i--)
        fprintf(stream, "%s{\"id\":\"%d\",\"product\":\"p\",\"version\":\"%d\"}", i < count ? "," : "", i, i);
    fputs("]}", stream);
    ck_assert_int_eq(fclose(stream), 0);
    /* The case's own time limit is the test: 20,000 looks at 20,000 rows would take a minute. */
    assert_ok(import_n(text, length));
    free(text);
    assert_round_trip();
}
END_TEST

SUITE_LONG("fleetfile_large", fixture_file, 240, a_file_that_breaks_at_element_400000_leaves_nothing,
           many_go_in_and_out_in_little_memory, references_to_what_follows_do_not_cost_the_square)
