/* Fleet files: what goes in, what comes out. Ways to write one lie in data/fleetfile/good, NAME.json, with
 * the export of the fleet that it stands for, NAME.out. */
#include "fleetfile_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* good/NAME.json is one way to write the fleet that good/NAME.out is the export of. */
static void check_good(const char *name)
{
    char path[80], out[80];
    snprintf(path, sizeof path, "good/%s.json", name);
    snprintf(out, sizeof out, "good/%s.out", name);
    char *wanted = fleet_of(out), *got = fleet_of(path);
    if (strcmp(wanted, got) != 0)
        ck_abort_msg("%s gives\n%.3000s", path, got);
    free(wanted);
    free(got);
    assert_round_trip();
}

START_TEST(every_good_file_gives_its_fleet)
{
    static const char *const names[] = {
        "any_order", "answers_of_imi",       "bin",           "bin_in_reverse",   "defaults",
        "empty",     "escaped_member_names", "hostile_texts", "ids_at_the_limit", "ids_given_out",
        "nulls",     "white_space"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        check_good(names[i]);
    ck_assert_uint_eq(COUNT_OF(names), count_files("good"));
}
END_TEST

/* Takes the next line, without what depends on whether something follows. */
static const char *next_line(char **rest)
{
    char *line = strsep(rest, "\n");
    size_t length = line ? strlen(line) : 0;
    while (length > 0 && strchr(",}", line[length - 1]))
        length--;
    if (line)
        line[length] = '\0';
    return line;
}

/* Line by line: a fleet file may have further arrays, which are others' business. */
START_TEST(export_is_as_documented_to_the_byte)
{
    char *got = fleet_of("good/any_order.json"), *wanted = load("good/any_order.out", NULL);
    char *got_rest = got, *wanted_rest = wanted;
    for (const char *line = next_line(&wanted_rest); line; line = next_line(&wanted_rest)) {
        const char *same = next_line(&got_rest);
        while (same && strcmp(same, line) != 0)
            same = next_line(&got_rest);
        if (!same)
            ck_abort_msg("missing: %.2000s", line);
    }
    free(wanted);
    free(got);
}
END_TEST

static void update(int64_t id, const char *key, const char *value)
{
    const itg_value_t values[] = {{key, value}};
    assert_ok(itg_thinclient_update(fx.itg, id, values, 1, &fx.failure));
}

static void assign(int64_t profile, itg_type_t profile_type, int64_t receiver, itg_type_t receiver_type)
{
    const itg_assignment_t assignment = {profile, profile_type, receiver, receiver_type};
    assert_ok(itg_assignment_create(fx.itg, &assignment, 1, &fx.failure));
}

/* A fleet made call by call, with something of everything. */
static void make_fleet(void)
{
    int64_t old = make_firmware("10"), new = make_firmware("11");
    int64_t outer = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "Bremen", ITG_ROOT_THINCLIENTS);
    int64_t inner = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "\"'; DROP TABLE object; --", outer);
    int64_t late =
        make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "child of a younger one", ITG_ROOT_THINCLIENTS);
    int64_t young = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "younger", ITG_ROOT_THINCLIENTS);
    int64_t a = make_thinclient("00E0C5000001", inner, old);
    int64_t b = make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, new);
    int64_t c = make_thinclient("00E0C5000003", outer, new);
    int64_t folder = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "Profiles", ITG_ROOT_PROFILES);
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "Browser \xF0\x9F\x98\x80", folder, old);
    int64_t master = make_profile(ITG_TYPE_MASTERPROFILE, "Security", ITG_ROOT_MASTERPROFILES, new);
    update(a, "site", "%n%s\\\"{}[]");
    update(a, "comment", "line\nfeed\ttab \x01 \x7F");
    update(b, "name", "Empfang");
    assign(profile, ITG_TYPE_PROFILE, a, ITG_TYPE_THINCLIENT);
    assign(profile, ITG_TYPE_PROFILE, outer, ITG_TYPE_THINCLIENT_DIRECTORY);
    assign(master, ITG_TYPE_MASTERPROFILE, a, ITG_TYPE_THINCLIENT);
    itg_move_entry_t entry = {.id = late, .type = ITG_TYPE_THINCLIENT_DIRECTORY};
    assert_ok(itg_move(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, young, &entry, 1, &fx.failure));
    ck_assert_int_eq(entry.result, ITG_MOVE_SUCCESSFUL);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, c, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, outer, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE, profile, &fx.failure));
}

START_TEST(export_then_import_gives_the_same_bytes)
{
    make_fleet();
    assert_round_trip();
    assert_round_trip();
}
END_TEST

START_TEST(export_of_an_empty_fleet_has_all_arrays)
{
    static const char *const arrays[] = {"{\"firmwares\":[],\n",  "\"directories\":[],\n",
                                         "\"thinclients\":[],\n", "\"profiles\":[],\n",
                                         "\"assignments\":[]",    "}\n"};
    char *text = fixture_fingerprint(fx.itg), *at = text;
    for (size_t i = 0; i < COUNT_OF(arrays); i++) {
        at = strstr(at, arrays[i]);
        ck_assert_msg(at != NULL, "%s is missing in %s", arrays[i], text);
    }
    ck_assert_uint_eq(strlen(at), 2);
    free(text);
}
END_TEST

static itg_object_t *directory(int64_t id)
{
    itg_object_t *object = NULL;
    assert_ok(itg_directory_get(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, id, &object, &fx.failure));
    return object;
}

static bool directory_binned(int64_t id)
{
    itg_object_t *object = directory(id);
    bool binned = object->in_bin;
    itg_object_free(object);
    return binned;
}

static bool thinclient_binned(int64_t id)
{
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_get(fx.itg, id, &tc, &fx.failure));
    bool binned = tc->in_bin;
    itg_thinclient_free(tc);
    return binned;
}

/* bin.json: directory 10 went into the bin with 11 and thin client 20; 21 and directory 12 (with 13 and 22)
 * had been there before. */
static void check_restore(const char *name)
{
    reopen();
    load_and_import(name);
    assert_ok(itg_bin_restore(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, 10, &fx.failure));
    ck_assert(!directory_binned(10) && !directory_binned(11) && !thinclient_binned(20));
    ck_assert(thinclient_binned(21) && directory_binned(12) && directory_binned(13) && thinclient_binned(22));
    assert_ok(itg_bin_restore(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, 12, &fx.failure));
    ck_assert(!directory_binned(12) && !directory_binned(13) && !thinclient_binned(22));
    assert_ok(itg_bin_restore(fx.itg, ITG_TYPE_THINCLIENT, 21, &fx.failure));
    ck_assert(!thinclient_binned(21));
}

START_TEST(items_of_the_bin_are_restored_as_they_went_in)
{
    check_restore("good/bin.json");
    check_restore("good/bin_in_reverse.json");
}
END_TEST

START_TEST(sequences_go_on_above_the_highest)
{
    assert_ok(import("{\"firmwares\":[{\"id\":\"70\",\"product\":\"p\"},{\"id\":\"3\",\"product\":\"q\"}],"
                     "\"directories\":[{\"id\":\"900\",\"name\":\"d\",\"objectType\":\"tcdirectory\"},"
                     "{\"id\":\"17\",\"name\":\"e\",\"objectType\":\"tcdirectory\"}]}"));
    ck_assert_int_eq(make_firmware("1"), 71);
    ck_assert_int_eq(make_directory(ITG_TYPE_PROFILE_DIRECTORY, "p", ITG_ROOT_PROFILES), 901);
    /* One below that was never used is free. */
    assert_ok(import("{\"directories\":[{\"id\":\"18\",\"name\":\"f\",\"objectType\":\"tcdirectory\"}]}"));
    ck_assert_int_eq(make_directory(ITG_TYPE_PROFILE_DIRECTORY, "q", ITG_ROOT_PROFILES), 902);
}
END_TEST

START_TEST(import_adds_to_what_is_there)
{
    load_and_import("base.json");
    assert_ok(import("{\"assignments\":[{\"assignee\":{\"id\":\"31\",\"type\":\"masterprofile\"},"
                     "\"receiver\":{\"id\":\"40\",\"type\":\"tc\"}},"
                     "{\"assignee\":{\"id\":\"41\",\"type\":\"profile\"},"
                     "\"receiver\":{\"id\":\"10\",\"type\":\"tcdirectory\"}}],"
                     "\"thinclients\":[{\"mac\":\"00E0C5000040\",\"firmwareID\":\"1\",\"id\":\"40\","
                     "\"parentID\":\"42\"},{\"mac\":\"00E0C5000041\",\"firmwareID\":\"1\",\"id\":\"43\","
                     "\"parentID\":\"11\",\"movedToBin\":true}],"
                     "\"profiles\":[{\"id\":\"41\",\"name\":\"p\",\"firmwareID\":\"1\",\"parentID\":\"12\"}],"
                     "\"directories\":[{\"id\":\"42\",\"name\":\"d\",\"parentID\":\"10\","
                     "\"objectType\":\"tcdirectory\"}]}"));
    assert_round_trip();
    /* The one that was put into a directory of the bin goes with it. */
    assert_ok(itg_bin_restore(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, 11, &fx.failure));
    ck_assert(!thinclient_binned(43));
}
END_TEST

START_TEST(pieces_of_any_size_give_the_same_fleet)
{
    char *text = load("good/hostile_texts.json", NULL), *wanted = fleet_of("good/hostile_texts.json");
    for (size_t piece = 1; piece < 20; piece++) {
        struct source source = {.text = text, .length = strlen(text), .piece = piece};
        reopen();
        assert_ok(itg_import(fx.itg, read_source, &source, NULL, NULL, NULL, &fx.failure));
        char *got = fixture_fingerprint(fx.itg);
        ck_assert_str_eq(wanted, got);
        free(got);
    }
    free(text);
    free(wanted);
}
END_TEST

/* A file of `count` directories, each in the one before (or, in reverse order, in the one after). */
static char *chain(int64_t first, int64_t parent, int count, bool reverse)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(stream);
    fputs("{\"directories\":[", stream);
    for (int i = 0; i < count; i++) {
        int n = reverse ? count - 1 - i : i;
        fprintf(stream,
                "%s{\"id\":\"%lld\",\"name\":\"d\",\"parentID\":\"%lld\",\"objectType\":\"tcdirectory\"}",
                i ? "," : "", (long long)first + n, (long long)(n ? first + n - 1 : parent));
    }
    fputs("]}", stream);
    ck_assert_int_eq(fclose(stream), 0);
    return text;
}

static void import_chain(int64_t first, int64_t parent, int count, bool reverse, itg_error_t code)
{
    char *text = chain(first, parent, count, reverse);
    if (code)
        assert_refused(import(text), code);
    else
        assert_ok(import(text));
    free(text);
}

START_TEST(trees_are_as_deep_as_the_limit_and_no_deeper)
{
    for (int reverse = 0; reverse < 2; reverse++) {
        reopen();
        import_chain(1, ITG_ROOT_THINCLIENTS, ITG_LIMIT_DEPTH + 1, reverse, ITG_E_PARENT_NOT_FOUND);
        import_chain(1, ITG_ROOT_THINCLIENTS, 5000, reverse, ITG_E_PARENT_NOT_FOUND);
        import_chain(1, ITG_ROOT_THINCLIENTS, ITG_LIMIT_DEPTH, reverse, ITG_OK);
        import_chain(500, ITG_LIMIT_DEPTH, 1, reverse, ITG_E_PARENT_NOT_FOUND);
        import_chain(500, 40, ITG_LIMIT_DEPTH - 39, reverse, ITG_E_PARENT_NOT_FOUND);
        import_chain(500, 40, ITG_LIMIT_DEPTH - 40, reverse, ITG_OK);
        /* What is no directory may lie in the deepest one. */
        assert_ok(import("{\"firmwares\":[{\"id\":\"1\",\"product\":\"p\"}],\"thinclients\":"
                         "[{\"mac\":\"00E0C5000001\",\"firmwareID\":\"1\",\"parentID\":\"100\"}]}"));
        assert_round_trip();
    }
}
END_TEST

START_TEST(an_import_belongs_to_the_group_it_is_in)
{
    load_and_import("base.json");
    char *before = fixture_fingerprint(fx.itg);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    load_and_import("good/answers_of_imi.json");
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    fixture_assert_unchanged(before, "rolled back", __FILE__, __LINE__);
}
END_TEST

START_TEST(a_failed_import_leaves_the_rest_of_its_group)
{
    static const char promising[] = "{\"thinclients\":[{\"mac\":\"00E0C5000001\",\"firmwareID\":\"9\","
                                    "\"parentID\":\"8\"}],\"firmwares\":[{\"id\":\"9\"}]}";
    assert_ok(itg_begin(fx.itg, &fx.failure));
    int64_t kept = make_firmware("kept");
    assert_code(import(promising), ITG_E_INVALID_BODY);
    int64_t next = make_firmware("next");
    assert_ok(itg_commit(fx.itg, &fx.failure));
    ck_assert_int_eq(next, kept + 1);
    assert_round_trip();
}
END_TEST

static itg_t *as_user(const char *name, itg_role_t role)
{
    itg_t *user = NULL;
    assert_ok(itg_user_create(fx.itg, name, role, "password of a test", NULL, &fx.failure));
    assert_ok(itg_as(fx.itg, name, &user, &fx.failure));
    return user;
}

START_TEST(importing_needs_the_right_to_write)
{
    static const char text[] = "{\"firmwares\":[{\"product\":\"p\"}]}";
    struct source source = {.text = text, .length = strlen(text)};
    size_t size = 0;
    itg_t *viewer = as_user("viewer", ITG_ROLE_VIEWER), *operator= as_user("operator", ITG_ROLE_OPERATOR);
    assert_refused(itg_import(viewer, read_source, &source, NULL, NULL, NULL, &fx.failure),
                   ITG_E_ACCESS_DENIED);
    ck_assert_uint_eq(source.pos, 0);
    assert_ok(itg_export(viewer, swallow, &size, NULL, NULL, NULL, &fx.failure));
    ck_assert_uint_gt(size, 0);
    assert_ok(itg_import(operator, read_source, &source, NULL, NULL, NULL, &fx.failure));
    itg_close(viewer);
    itg_close(operator);
}
END_TEST

struct progress {
    int64_t calls;
    int64_t last;
};

static void on_progress(void *ctx, int64_t elements)
{
    struct progress *progress = ctx;
    ck_assert_int_gt(elements, progress->last);
    progress->last = elements;
    progress->calls++;
}

START_TEST(counts_and_progress_tell_what_was_done)
{
    itg_fleetfile_counts_t in = {0}, out = {0};
    struct progress progress = {0}, back = {0};
    size_t size = 0;
    char *text = chain(1, ITG_ROOT_THINCLIENTS, 3, false);
    struct repeater firmware = {
        "{\"assignments\":[],\"directories\":[{\"id\":\"1\",\"name\":\"d\",\"objectType\":"
        "\"tcdirectory\"}",
        ",{\"name\":\"e\",\"objectType\":\"profiledirectory\"}", "]}", 9999, 0};
    assert_ok(itg_import(fx.itg, read_repeated, &firmware, on_progress, &progress, &in, &fx.failure));
    assert_ok(itg_export(fx.itg, swallow, &size, on_progress, &back, &out, &fx.failure));
    ck_assert_int_eq(in.directories, 10000);
    ck_assert_int_eq(in.firmwares + in.thinclients + in.profiles + in.assignments, 0);
    ck_assert_mem_eq(&in, &out, sizeof in);
    ck_assert_int_eq(progress.calls, 2);
    ck_assert_int_eq(progress.last, 8192);
    ck_assert_int_eq(back.calls, 2);
    /* A failed one leaves the counts alone. */
    assert_code(import(text), ITG_E_DUPLICATE);
    struct source source = {.text = text, .length = strlen(text)};
    assert_code(itg_import(fx.itg, read_source, &source, NULL, NULL, &out, NULL), ITG_E_DUPLICATE);
    ck_assert_mem_eq(&in, &out, sizeof in);
    free(text);
}
END_TEST

struct quitter {
    size_t after;
    size_t calls;
};

static int32_t give_up(void *ctx, const char *bytes, size_t size)
{
    struct quitter *quitter = ctx;
    (void)bytes;
    (void)size;
    return ++quitter->calls > quitter->after;
}

START_TEST(a_writer_that_gives_up_ends_the_export)
{
    itg_fleetfile_counts_t counts = {.firmwares = -7};
    assert_ok(import_repeated("{\"firmwares\":[{\"product\":\"p\"}", ",{\"product\":\"q\",\"version\":null}",
                              1, "]}"));
    assert_ok(import_repeated("{\"directories\":[{\"name\":\"d\",\"objectType\":\"tcdirectory\"}",
                              ",{\"name\":\"a name that fills the export\",\"objectType\":\"tcdirectory\"}",
                              4000, "]}"));
    for (size_t after = 0; after < 4; after++) {
        struct quitter quitter = {after, 0};
        ck_assert_int_eq(itg_export(fx.itg, give_up, &quitter, NULL, NULL, &counts, &fx.failure),
                         ITG_E_INTERNAL);
        ck_assert_uint_eq(quitter.calls, after + 1);
        ck_assert_str_eq(fx.failure.detail, "the writer gave up");
        itg_failure_clear(&fx.failure);
    }
    ck_assert_int_eq(counts.firmwares, -7);
    /* And leaves the fleet usable. */
    make_firmware("1");
}
END_TEST

SUITE_LONG("fleetfile", fixture_memory, 240, every_good_file_gives_its_fleet,
           export_is_as_documented_to_the_byte, export_then_import_gives_the_same_bytes,
           export_of_an_empty_fleet_has_all_arrays, items_of_the_bin_are_restored_as_they_went_in,
           sequences_go_on_above_the_highest, import_adds_to_what_is_there,
           pieces_of_any_size_give_the_same_fleet, trees_are_as_deep_as_the_limit_and_no_deeper,
           an_import_belongs_to_the_group_it_is_in, a_failed_import_leaves_the_rest_of_its_group,
           importing_needs_the_right_to_write, counts_and_progress_tell_what_was_done,
           a_writer_that_gives_up_ends_the_export)
