#include "fixture.h"
#include "core/core.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture fx;

static int64_t fixture_now(void *ctx)
{
    const struct fixture *fixture = ctx;
    return __atomic_load_n(&fixture->now_ms, __ATOMIC_RELAXED);
}

static const itg_clock_t clock_of_fixture = {
    .size = sizeof(itg_clock_t),
    .now_ms = fixture_now,
    .ctx = &fx,
};

itg_options_t fixture_options(void)
{
    return (itg_options_t){
        .size = sizeof(itg_options_t),
        .wake_broadcast = "none",
        .wake_no_unicast = 1,
        .clock = &clock_of_fixture,
    };
}

static void open_at(const char *path)
{
    itg_options_t options = fixture_options();
    assert_ok(itg_open(path, &options, &fx.itg, &fx.failure));
}

void fixture_none(void)
{
    fx = (struct fixture){.now_ms = FIXTURE_START_MS};
}

void fixture_memory(void)
{
    fixture_none();
    open_at(":memory:");
}

static void make_dir(void)
{
    if (fx.dir[0])
        return;
    const char *tmp = getenv("TMPDIR");
    int length =
        snprintf(fx.dir, sizeof fx.dir, "%s/itg-test-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
    ck_assert_int_gt(length, 0);
    ck_assert_ptr_nonnull(mkdtemp(fx.dir));
}

const char *fixture_path(const char *name, char *buf, size_t size)
{
    make_dir();
    int length = snprintf(buf, size, "%s/%s", fx.dir, name);
    ck_assert_int_gt(length, 0);
    ck_assert_uint_lt((size_t)length, size);
    return buf;
}

void fixture_dir(void)
{
    fixture_none();
    make_dir();
}

void fixture_open_file(void)
{
    fixture_path("fleet.db", fx.path, sizeof fx.path);
    open_at(fx.path);
}

void fixture_file(void)
{
    fixture_none();
    fixture_open_file();
}

static void remove_dir(void)
{
    DIR *dir = fx.dir[0] ? opendir(fx.dir) : NULL;
    if (!dir)
        return;
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(fx.dir);
}

static void print_finding(void *ctx, const char *finding)
{
    (void)ctx;
    fprintf(stderr, "itg_check: %s\n", finding);
}

void fixture_assert_sound(itg_t *itg)
{
    int64_t findings = -1;
    assert_ok(itg_check(itg, print_finding, NULL, &findings, &fx.failure));
    ck_assert_int_eq(findings, 0);
}

void fixture_end(void)
{
    if (fx.itg)
        fixture_assert_sound(fx.itg);
    itg_close(fx.itg);
    fx.itg = NULL;
    remove_dir();
}

static int32_t append(void *ctx, const char *bytes, size_t size)
{
    return fwrite(bytes, 1, size, ctx) == size ? 0 : 1;
}

char *fixture_fingerprint(itg_t *itg)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(stream);
    assert_ok(itg_export(itg, append, stream, NULL, NULL, NULL, &fx.failure));
    ck_assert_int_eq(fclose(stream), 0);
    return text;
}

static int32_t take_audit_id(void *ctx, const itg_audit_t *entry)
{
    *(int64_t *)ctx = entry->id;
    return 0;
}

int64_t fixture_newest_audit(itg_t *itg)
{
    const itg_audit_filter_t filter = {.size = sizeof filter, .newest_first = 1, .limit = 1};
    itg_t host = {.fleet = itg->fleet}; /* whoever's the handle is */
    int64_t id = 0;
    assert_ok(itg_audit_each(&host, &filter, take_audit_id, &id, &fx.failure));
    return id;
}

void fixture_assert_code(itg_error_t got, itg_error_t wanted, const char *expr, const char *file, int line)
{
    const itg_failure_t *failure = &fx.failure;
    if (got != wanted)
        ck_abort_msg("%s:%d: %s\n  is %s, expected %s\n  message: %s\n  detail: %s\n  trace: %s", file, line,
                     expr, itg_error_code(got), itg_error_code(wanted), failure->message, failure->detail,
                     failure->trace);
    /* A record that was handed over tells the same as the return value. */
    if (failure->code != ITG_OK && failure->code != got)
        ck_abort_msg("%s:%d: %s\n  returned %s but recorded %s", file, line, expr, itg_error_code(got),
                     itg_error_code(failure->code));
    itg_failure_clear(&fx.failure);
}

void fixture_assert_unchanged(char *before, const char *expr, const char *file, int line)
{
    char *after = fixture_fingerprint(fx.itg);
    size_t same = 0;
    while (before[same] && before[same] == after[same])
        same++;
    if (before[same] != after[same]) {
        size_t start = same > 100 ? same - 100 : 0;
        ck_abort_msg("%s:%d: %s\n  was refused and yet changed the fleet\n  before: %.200s\n  after: %.200s",
                     file, line, expr, before + start, after + start);
    }
    free(before);
    free(after);
}

int fixture_run(const char *name, void (*setup)(void), int timeout_s, const TTest *const *cases, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *group = tcase_create(name);
    tcase_set_timeout(group, timeout_s);
    tcase_add_checked_fixture(group, setup, fixture_end);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(group, cases[i]);
    suite_add_tcase(suite, group);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int64_t make_firmware(const char *version)
{
    int64_t id = 0;
    assert_ok(itg_firmware_create(fx.itg, "IGEL OS 11", version, "LX", &id, &fx.failure));
    return id;
}

int64_t make_directory(itg_type_t type, const char *name, int64_t parent_id)
{
    int64_t id = 0;
    assert_ok(itg_directory_create(fx.itg, type, name, parent_id, &id, &fx.failure));
    return id;
}

int64_t make_thinclient(const char *mac, int64_t parent_id, int64_t firmware_id)
{
    char parent[24], firmware[24];
    snprintf(parent, sizeof parent, "%lld", (long long)parent_id);
    snprintf(firmware, sizeof firmware, "%lld", (long long)firmware_id);
    const itg_value_t values[] = {{"mac", mac}, {"parentID", parent}, {"firmwareID", firmware}};
    int64_t id = 0;
    assert_ok(itg_thinclient_create(fx.itg, values, COUNT_OF(values), &id, &fx.failure));
    return id;
}

int64_t make_profile(itg_type_t type, const char *name, int64_t parent_id, int64_t firmware_id)
{
    int64_t id = 0;
    assert_ok(itg_profile_create(fx.itg, type, name, parent_id, firmware_id, 0, &id, &fx.failure));
    return id;
}

const char *repeated(const char *unit, size_t count)
{
    static char buf[1 << 16];
    size_t length = strlen(unit);
    ck_assert_uint_lt(length * count, sizeof buf);
    for (size_t i = 0; i < count; i++)
        memcpy(buf + i * length, unit, length);
    buf[length * count] = '\0';
    return buf;
}
