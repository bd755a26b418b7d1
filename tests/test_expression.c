/* The expression language: what matches, what is refused and where, and that a slow evaluator over the
 * structs of thin clients agrees with what the store is asked. */
#include "core/expression.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 40000, IDS_SIZE = 40000 };

/* --- the fleet of the data files --- */

static int32_t link_online(void *ctx, int64_t id)
{
    (void)ctx;
    return id % 2 == 0 && id <= 4;
}

static void link_send(void *ctx, itg_delivery_t *deliveries, size_t count)
{
    (void)ctx;
    (void)deliveries;
    (void)count;
}

static const itg_link_t link_of_suite = {
    .size = sizeof(itg_link_t), .online = link_online, .send = link_send, .ctx = NULL};

static FILE *open_data(const char *name)
{
    char path[512];
    const char *dir = getenv("ITG_TEST_DATA");
    ck_assert_ptr_nonnull(dir);
    snprintf(path, sizeof path, "%s/expression/%s", dir, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    return file;
}

static int64_t read_file(void *ctx, char *buf, size_t size)
{
    return (int64_t)fread(buf, 1, size, ctx);
}

static void set_attribute(int64_t id, const char *key, const char *value)
{
    const itg_value_t values[] = {{key, value}};
    assert_ok(itg_thinclient_update(fx.itg, id, values, 1, &fx.failure));
}

static void define_attributes(void)
{
    static const char *const sizes[] = {"Small", "Medium", "Large"};
    static const struct {
        const char *identifier;
        itg_attribute_type_t type;
    } definitions[] = {{"floor", ITG_ATTRIBUTE_NUMBER},
                       {"since", ITG_ATTRIBUTE_DATE},
                       {"size", ITG_ATTRIBUTE_RANGE},
                       {"note", ITG_ATTRIBUTE_STRING}};
    for (size_t i = 0; i < COUNT_OF(definitions); i++) {
        bool range = definitions[i].type == ITG_ATTRIBUTE_RANGE;
        assert_ok(itg_attribute_create(fx.itg, definitions[i].identifier, definitions[i].identifier,
                                       definitions[i].type, ITG_OVERWRITE_ALL, range ? sizes : NULL,
                                       range ? COUNT_OF(sizes) : 0, NULL, &fx.failure));
    }
    set_attribute(1, "deviceAttributes.floor", "2");
    set_attribute(1, "deviceAttributes.size", "Small");
    set_attribute(2, "deviceAttributes.floor", "10.0");
    set_attribute(2, "deviceAttributes.since", "2024-01-31");
    set_attribute(2, "deviceAttributes.size", "Large");
    set_attribute(3, "deviceAttributes.note", "Hello");
}

static void with_link(void)
{
    fixture_none();
    itg_options_t options = fixture_options();
    options.link = &link_of_suite;
    assert_ok(itg_open(":memory:", &options, &fx.itg, &fx.failure));
}

static void with_fleet(void)
{
    with_link();
    FILE *file = open_data("fleet.json");
    assert_ok(itg_import(fx.itg, read_file, file, NULL, NULL, NULL, &fx.failure));
    fclose(file);
    define_attributes();
}

/* --- asking --- */

/* The ids that a walk gives, with spaces between them. */
struct ids {
    char text[IDS_SIZE];
    size_t length;
    int64_t last;
    int left; /* rows until the walk is to be ended; 0: never */
};

static int32_t note_id(void *ctx, const itg_thinclient_t *tc)
{
    struct ids *ids = ctx;
    ck_assert_int_gt(tc->id, ids->last);
    ids->last = tc->id;
    ids->length += (size_t)snprintf(ids->text + ids->length, sizeof ids->text - ids->length, "%s%lld",
                                    ids->length ? " " : "", (long long)tc->id);
    ck_assert_uint_lt(ids->length, sizeof ids->text);
    return ids->left > 0 && --ids->left == 0;
}

static const char *select_ids(itg_extent_t extent, const char *expression)
{
    static struct ids ids;
    ids = (struct ids){.last = 0};
    itg_error_t err = itg_thinclient_select(fx.itg, extent, expression, 0, note_id, &ids, &fx.failure);
    ck_assert_msg(err == ITG_OK, "%s: %s", expression, fx.failure.detail);
    return ids.text;
}

/* The same in pieces of `rows`. */
static const char *select_in_pieces(const char *expression, int rows)
{
    static struct ids ids;
    ids = (struct ids){.last = 0};
    do {
        ids.left = rows;
        assert_ok(itg_thinclient_select(fx.itg, ITG_EXTENT_SHORT, expression, ids.last, note_id, &ids,
                                        &fx.failure));
    } while (ids.left == 0);
    return ids.text;
}

/* Asks for one thin client alone, which compiles in another way. */
static bool matches_alone(const char *expression, int64_t id)
{
    static const struct itg__thinclient_source source = {"t.id", "", 1, 0};
    const struct itg__selection_shape shape = {.source = &source, .only_id = id};
    struct itg__tx tx;
    struct itg__selection selection;
    struct itg__query q;
    assert_ok(itg__begin_read(fx.itg, "matches_alone", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__selection_init(&selection, &tx, expression, &shape));
    itg__selection_query(&selection, &tx, &q);
    bool matches = itg__selection_next(&selection, &q);
    ck_assert(!matches || itg__int(&q, 0) == id);
    ck_assert(!itg__selection_next(&selection, &q));
    assert_ok(itg__end(&tx, itg__done(&q)));
    itg__selection_dispose(&selection);
    return matches;
}

/* --- data files --- */

/* {0A} becomes the byte. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        unsigned byte = 0;
        int length = 0;
        if (*from == '{' && sscanf(from, "{%2X}%n", &byte, &length) == 1 && length == 4) {
            *to++ = (char)byte;
            from += length;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

/* Calls fn with the fields of each line of a data file. @return the number of lines */
static int each_line(const char *name, size_t fields, void (*fn)(char *const field[3]))
{
    char line[1024];
    int count = 0;
    FILE *file = open_data(name);
    while (fgets(line, sizeof line, file)) {
        char *field[3] = {NULL, NULL, NULL}, *rest = line;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        for (size_t i = 0; i < fields; i++) {
            field[i] = strsep(&rest, "\t");
            ck_assert_msg(field[i] != NULL, "%s: too few fields: %s", name, line);
        }
        ck_assert_msg(rest == NULL, "%s: too many fields: %s", name, line);
        fn(field);
        count++;
    }
    fclose(file);
    return count;
}

static void check_matches(char *const field[3])
{
    unescape(field[0]);
    assert_ok(itg_expression_check(field[0], NULL, &fx.failure));
    const char *got = select_ids(ITG_EXTENT_SHORT, field[0]);
    ck_assert_msg(strcmp(got, field[1]) == 0, "%s gives \"%s\", not \"%s\"", field[0], got, field[1]);
    got = select_ids(ITG_EXTENT_DETAILS, field[0]);
    ck_assert_msg(strcmp(got, field[1]) == 0, "%s gives \"%s\", not \"%s\" with details", field[0], got,
                  field[1]);
    got = select_in_pieces(field[0], 1);
    ck_assert_msg(strcmp(got, field[1]) == 0, "%s gives \"%s\", not \"%s\" in pieces", field[0], got,
                  field[1]);
    for (int id = 1; id <= 6; id++)
        ck_assert_msg(matches_alone(field[0], id) == (strchr(field[1], '0' + id) != NULL), "%s for %d alone",
                      field[0], id);
}

START_TEST(expressions_match_what_they_say)
{
    ck_assert_int_gt(each_line("matches.tsv", 2, check_matches), 150);
}
END_TEST

static int32_t never(void *ctx, const itg_thinclient_t *tc)
{
    (void)ctx;
    (void)tc;
    ck_abort_msg("a walk without an expression");
    return 1;
}

static void assert_fault(const char *text, int64_t column, const char *what)
{
    char wanted[600];
    int64_t position = -77;
    itg_error_t err = itg_expression_check(text, &position, &fx.failure);
    ck_assert_msg(err == ITG_E_INVALID_BODY, "%.200s: %s", text, itg_error_code(err));
    snprintf(wanted, sizeof wanted, "column %lld: %s", (long long)column, what);
    ck_assert_msg(strcmp(fx.failure.detail, wanted) == 0, "%.200s: \"%s\", not \"%s\"", text,
                  fx.failure.detail, wanted);
    ck_assert_msg(position == column, "%.200s: position %lld", text, (long long)position);
    itg_failure_clear(&fx.failure);
    assert_code(itg_thinclient_select(fx.itg, ITG_EXTENT_SHORT, text, 0, never, NULL, &fx.failure),
                ITG_E_INVALID_BODY);
}

static void check_fault(char *const field[3])
{
    unescape(field[2]);
    assert_fault(field[2], atoll(field[0]), field[1]);
}

START_TEST(bad_expressions_name_the_place)
{
    ck_assert_int_gt(each_line("bad.tsv", 3, check_fault), 60);
}
END_TEST

/* --- limits --- */

/* A text made of parts; static, for the next call. */
static const char *assemble(const char *before, size_t before_count, const char *middle, const char *after,
                            size_t after_count)
{
    static char text[TEXT_SIZE];
    char *to = text;
    for (size_t i = 0; i < before_count; i++)
        to = stpcpy(to, before);
    to = stpcpy(to, middle);
    for (size_t i = 0; i < after_count; i++)
        to = stpcpy(to, after);
    return text;
}

START_TEST(nesting_has_a_limit)
{
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, assemble("(", 50, "id==1", ")", 50)), "1");
    assert_fault(assemble("(", 51, "id==1", ")", 51), 51, "more than 50 parentheses inside each other");
    assert_fault(assemble("(", 1000, "id==1", ")", 1000), 51, "more than 50 parentheses inside each other");
    assert_fault(assemble("(", 16384, "", "", 0), 51, "more than 50 parentheses inside each other");
}
END_TEST

/* Groups of both kinds inside each other, on either side: ((((id==1);id>0),id==9);id>0)... and the mirror.
 * The innermost is the largest thing that a comparison can become. */
START_TEST(the_deepest_expressions_run)
{
    static const char inner[] = "profile==201,attribute.size>Small,id==1";
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, assemble("(id>0;(id==9,", 25, inner, "))", 25)), "1 2 6");
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, assemble("((", 25, inner, ");id>0),id==9", 25)), "1 2 6");
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, assemble("(id>0;(online==true,", 25, inner, "))", 25)),
                     "1 2 4 6");
}
END_TEST

/* Both sides of each group are equally deep. */
static void add_balanced(char *text, int depth)
{
    if (depth == 0) {
        strcat(text, "id==1");
        return;
    }
    strcat(text, "(");
    add_balanced(text, depth - 1);
    strcat(text, depth % 2 ? ";" : ",");
    add_balanced(text, depth - 1);
    strcat(text, ")");
}

START_TEST(balanced_expressions_run)
{
    char text[TEXT_SIZE] = "";
    add_balanced(text, 9);
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, text), "1");
}
END_TEST

START_TEST(values_and_asterisks_and_bytes_have_limits)
{
    char list[TEXT_SIZE + 2];
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, assemble("id==2,", 511, "id==1", "", 0)), "1 2");
    assert_fault(assemble("id==2,", 512, "id==1", "", 0), 6 * 512 + 5, "more than 512 values");
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, assemble("id!=2;", 511, "id==1", "", 0)), "1");
    snprintf(list, sizeof list, "%s)", assemble("", 0, "id=in=(2", ",1", 511));
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, list), "1 2");
    snprintf(list, sizeof list, "%s)", assemble("", 0, "name=in=(a", ",L*", 511));
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, list), "3");
    assert_fault(assemble("", 0, "name=in=(a", ",*", 512), 10 + 2 * 511 + 2, "more than 512 values");
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, assemble("name==", 1, "", "*", 32)), "1 2 3 4 5 6");
    assert_fault(assemble("name==", 1, "", "*", 33), 7, "more than 32 asterisks");
    const char *longest = assemble("id==1", 1, "", " ", 16384 - 5);
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, longest), "1");
    assert_fault(assemble("id==1", 1, "", " ", 16384 - 4), 16385, "longer than 16384 bytes");
}
END_TEST

START_TEST(missing_parameters_are_refused)
{
    assert_code(itg_expression_check(NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_select(fx.itg, ITG_EXTENT_SHORT, NULL, 0, never, NULL, &fx.failure),
                ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_select(fx.itg, ITG_EXTENT_SHORT, "id==1", 0, NULL, NULL, &fx.failure),
                ITG_E_INVALID_BODY);
    int64_t position = -77;
    assert_ok(itg_expression_check("id==1", &position, &fx.failure));
    ck_assert_int_eq(position, -77);
}
END_TEST

/* What a thin client receives has changed: 201 on 101 reached 1, 2 and 6 when it was assigned, 202 and 204
 * reached 3, 203 is in the recycle bin. 4 and 5 receive nothing. */
START_TEST(config_changes_are_those_of_the_revisions)
{
    struct {
        const char *expression;
    } cases[] = {{"configChanges==PENDING"}, {"configChanges==APPLIED"}, {"configChanges==''"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char wanted[IDS_SIZE];
        snprintf(wanted, sizeof wanted, "%s", select_ids(ITG_EXTENT_SHORT, cases[i].expression));
        struct ids ids = {.last = 0};
        for (int64_t id = 1; id <= 6; id++) {
            itg_thinclient_t *tc = NULL;
            assert_ok(itg_thinclient_get(fx.itg, id, &tc, &fx.failure));
            const char *state = i == 0 ? "PENDING" : i == 1 ? "APPLIED" : "";
            if (strcmp(tc->config_changes, state) == 0)
                note_id(&ids, tc);
            itg_thinclient_free(tc);
        }
        ck_assert_msg(strcmp(ids.text, wanted) == 0, "%s: \"%s\", not \"%s\"", cases[i].expression, wanted,
                      ids.text);
    }
}
END_TEST

/* --- many directories --- */

static int64_t read_text(void *ctx, char *buf, size_t size)
{
    const char **rest = ctx;
    size_t length = strlen(*rest) < size ? strlen(*rest) : size;
    memcpy(buf, *rest, length);
    *rest += length;
    return (int64_t)length;
}

/* 1100 directories below 104, too many to be collected for each piece; in the last of them thin client 9000.
 */
START_TEST(large_subtrees_are_found_too)
{
    static char text[200000];
    const char *rest = text;
    char *to = stpcpy(text, "{\"directories\":[");
    for (int i = 0; i < 1100; i++)
        to += snprintf(to, sizeof text - (size_t)(to - text),
                       "%s{\"id\":\"%d\",\"name\":\"d\",\"parentID\":\"104\",\"objectType\":\"tcdirectory\"}",
                       i ? "," : "", 5000 + i);
    snprintf(to, sizeof text - (size_t)(to - text),
             "],\"thinclients\":[{\"id\":\"9000\",\"mac\":\"00E0C5FFFFFF\",\"firmwareID\":\"1\",\"parentID\":"
             "\"6099\"}],"
             "\"assignments\":[{\"assignee\":{\"id\":\"202\",\"type\":\"profile\"},"
             "\"receiver\":{\"id\":\"104\",\"type\":\"tcdirectory\"}}]}");
    assert_ok(itg_import(fx.itg, read_text, &rest, NULL, NULL, NULL, &fx.failure));
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, "directory=beneath=104"), "9000");
    ck_assert_str_eq(select_in_pieces("directory=beneath=root", 2), "1 2 3 4 5 6 9000");
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, "directory=outside=104"), "1 2 3 4 5 6");
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, "directory=beneath=104,directory=beneath=102"), "2 9000");
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, "profile==202"), "3 9000");
    ck_assert_str_eq(select_ids(ITG_EXTENT_SHORT, "profile!=202;id>4"), "5 6");
}
END_TEST

/* --- which indexes are used --- */

/* The plan that the store makes for an expression, as one text. The statement is found by asking the engine.
 */
static const struct itg__engine *real_engine;
static char last_sql[TEXT_SIZE * 4];

static itg_error_t noting_prepare(void *connection, const char *sql, void **ret_statement,
                                  itg_failure_t *failure)
{
    if (strstr(sql, "FROM thinclient t JOIN object o"))
        snprintf(last_sql, sizeof last_sql, "%s", sql);
    return real_engine->prepare(connection, sql, ret_statement, failure);
}

static void with_noting_engine(void)
{
    static struct itg__engine noting;
    fixture_none();
    real_engine = &itg__engine_sqlite;
    noting = itg__engine_sqlite;
    noting.prepare = noting_prepare;
    itg_options_t options = fixture_options();
    options.link = &link_of_suite;
    assert_ok(itg__open_with(&noting, ":memory:", &options, &fx.itg, &fx.failure));
    FILE *file = open_data("fleet.json");
    assert_ok(itg_import(fx.itg, read_file, file, NULL, NULL, NULL, &fx.failure));
    fclose(file);
}

static const char *plan_of(const char *expression)
{
    static char plan[4096];
    char sql[sizeof last_sql + 32];
    struct itg__tx tx;
    struct itg__query q;
    select_ids(ITG_EXTENT_SHORT, expression);
    snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", last_sql);
    plan[0] = '\0';
    assert_ok(itg__begin_read(fx.itg, "plan_of", ITG__RIGHT_READ, &tx, &fx.failure));
    itg__query_once(&tx, &q, sql);
    while (itg__next(&q)) {
        strcat(plan, itg__text(&q, 3));
        strcat(plan, "\n");
    }
    assert_ok(itg__end(&tx, itg__done(&q)));
    return plan;
}

static void assert_plan(const char *expression, const char *has, const char *has_not)
{
    const char *plan = plan_of(expression);
    ck_assert_msg(strstr(plan, has) != NULL, "%s:\n%s lacks %s", expression, plan, has);
    ck_assert_msg(!has_not || !strstr(plan, has_not), "%s:\n%s has %s", expression, plan, has_not);
    ck_assert_msg(!strstr(plan, "SCAN t\n"), "%s:\n%s", expression, plan);
}

START_TEST(indexes_are_used)
{
    static const char by_id[] = "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)";
    static const char in_order[] = "SEARCH t USING INTEGER PRIMARY KEY (rowid>?)";
    static const char sorted[] = "USE TEMP B-TREE";
    assert_plan("id==3", by_id, sorted);
    assert_plan("id=in=(3,4)", by_id, NULL);
    assert_plan("mac==00E0C5000001;name==*", "SEARCH t USING INDEX sqlite_autoindex_thinclient_1 (mac=?",
                NULL);
    assert_plan("mac=in=(00E0C5000001,00E0C5000002)",
                "SEARCH t USING INDEX sqlite_autoindex_thinclient_1 (mac=?", NULL);
    assert_plan("unitID==U1;directory==101", "SEARCH t USING INDEX sqlite_autoindex_thinclient_2 (unit_id=?",
                NULL);
    assert_plan("directory==101", "SEARCH o USING INDEX object_parent (parent_id=? AND type=? AND rowid>?)",
                sorted);
    assert_plan("parentID==101;online==true",
                "SEARCH o USING INDEX object_parent (parent_id=? AND type=? AND rowid>?)", sorted);
    assert_plan("site==Bremen;directory=beneath=101",
                "SEARCH o USING INDEX object_parent (parent_id=? AND type=?", NULL);
    assert_plan("directory=beneath=101",
                "SEARCH d USING COVERING INDEX object_parent (parent_id=? AND type=?)", NULL);
    assert_plan("site==Bremen", in_order, sorted);
    assert_plan("site==Bremen,directory==101", in_order, sorted);
    assert_plan("profile==201", in_order, sorted);
    assert_plan("assigned==202", in_order, sorted);
    assert_plan("attribute.floor>1", in_order, sorted);
    assert_plan("directory!=101", in_order, sorted);
    assert_plan("configChanges==PENDING", in_order, sorted);
}
END_TEST

/* --- a second, slow evaluator --- */

static uint32_t seed = 20240301;

static uint32_t rnd(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* What the random fleet holds, as the evaluator knows it. */
enum { DIRECTORIES = 8, THINCLIENTS = 60, PROFILES = 4 };
static struct {
    int64_t id, parent_id;
} dirs[DIRECTORIES];
static struct {
    int64_t id, parent_id, firmware;
    char name[24], site[16], mac[13];
    bool binned;
} tcs[THINCLIENTS];
static int64_t profiles[PROFILES];
static struct {
    int64_t profile, receiver;
} assigned[16];
static size_t assigned_count;

static const char *const sites[] = {"", "Bremen", "bremen", "Augsburg", "a_b", "100%"};
static const char *const names[] = {"ITC1", "itc2", "x*y", "Alpha", "alpha beta"};

static int64_t random_directory(void)
{
    uint32_t n = rnd(DIRECTORIES + 1);
    return n == DIRECTORIES ? ITG_ROOT_THINCLIENTS : dirs[n].id;
}

static void make_random_thinclient(size_t i)
{
    char parent[24], firmware[24];
    tcs[i].parent_id = random_directory();
    tcs[i].firmware = 1 + rnd(2);
    snprintf(tcs[i].mac, sizeof tcs[i].mac, "00E0C5%02X%04X", rnd(256), (unsigned)i);
    snprintf(tcs[i].name, sizeof tcs[i].name, "%s", names[rnd(COUNT_OF(names))]);
    snprintf(tcs[i].site, sizeof tcs[i].site, "%s", sites[rnd(COUNT_OF(sites))]);
    snprintf(parent, sizeof parent, "%lld", (long long)tcs[i].parent_id);
    snprintf(firmware, sizeof firmware, "%lld", (long long)tcs[i].firmware);
    const itg_value_t values[] = {{"mac", tcs[i].mac},
                                  {"name", tcs[i].name},
                                  {"site", tcs[i].site},
                                  {"parentID", parent},
                                  {"firmwareID", firmware}};
    assert_ok(itg_thinclient_create(fx.itg, values, COUNT_OF(values), &tcs[i].id, &fx.failure));
    tcs[i].binned = rnd(10) == 0;
    if (tcs[i].binned)
        assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, tcs[i].id, &fx.failure));
}

static void make_random_assignment(void)
{
    int64_t profile = profiles[rnd(PROFILES)];
    bool to_directory = rnd(2);
    itg_assignment_t a = {profile, ITG_TYPE_PROFILE, dirs[rnd(DIRECTORIES)].id,
                          ITG_TYPE_THINCLIENT_DIRECTORY};
    size_t tc = rnd(THINCLIENTS);
    if (!to_directory && tcs[tc].binned)
        return;
    if (!to_directory)
        a.receiver_id = tcs[tc].id, a.receiver_type = ITG_TYPE_THINCLIENT;
    for (size_t i = 0; i < assigned_count; i++)
        if (assigned[i].profile == profile && assigned[i].receiver == a.receiver_id)
            return;
    assert_ok(itg_assignment_create(fx.itg, &a, 1, &fx.failure));
    assigned[assigned_count].profile = profile;
    assigned[assigned_count++].receiver = a.receiver_id;
}

static void make_random_fleet(void)
{
    make_firmware("1");
    make_firmware("2");
    for (size_t i = 0; i < DIRECTORIES; i++) {
        uint32_t n = rnd((uint32_t)i + 1);
        dirs[i].parent_id = n == i ? ITG_ROOT_THINCLIENTS : dirs[n].id;
        dirs[i].id = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", dirs[i].parent_id);
    }
    for (size_t i = 0; i < THINCLIENTS; i++)
        make_random_thinclient(i);
    for (size_t i = 0; i < PROFILES; i++)
        profiles[i] = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    assigned_count = 0;
    for (size_t i = 0; i < COUNT_OF(assigned); i++)
        make_random_assignment();
}

/* An expression that is written and evaluated on the way. */
struct leaf {
    char text[128];
    bool truth[THINCLIENTS];
};

static int64_t parent_of(int64_t directory)
{
    for (size_t i = 0; i < DIRECTORIES; i++)
        if (dirs[i].id == directory)
            return dirs[i].parent_id;
    return 0;
}

static bool lies_below(size_t tc, int64_t directory)
{
    for (int64_t at = tcs[tc].parent_id; at; at = parent_of(at))
        if (at == directory)
            return true;
    return false;
}

static bool is_assigned(size_t tc, int64_t profile, bool inherited)
{
    for (size_t i = 0; i < assigned_count; i++)
        if (assigned[i].profile == profile &&
            (assigned[i].receiver == tcs[tc].id || (inherited && lies_below(tc, assigned[i].receiver))))
            return true;
    return false;
}

/* The text of a value, quoted, with what would mean something made harmless. */
static const char *quoted(const char *value)
{
    static char text[64];
    char *to = text;
    *to++ = '\'';
    for (; *value; value++) {
        if (strchr("*\\'", *value))
            *to++ = '\\';
        *to++ = *value;
    }
    *to++ = '\'';
    *to = '\0';
    return text;
}

static void make_site_leaf(struct leaf *leaf)
{
    static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">="};
    const char *value = sites[rnd(COUNT_OF(sites))];
    uint32_t op = rnd(COUNT_OF(operators));
    snprintf(leaf->text, sizeof leaf->text, "site%s%s", operators[op], quoted(value));
    for (size_t i = 0; i < THINCLIENTS; i++) {
        int order = strcasecmp(tcs[i].site, value);
        const bool truths[] = {order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0};
        leaf->truth[i] = truths[op];
    }
}

static void make_name_leaf(struct leaf *leaf)
{
    const char *value = names[rnd(COUNT_OF(names))];
    size_t length = 1 + rnd((uint32_t)strlen(value));
    char part[32];
    snprintf(part, sizeof part, "%.*s", (int)length, value);
    bool ends = rnd(2);
    const char *text = quoted(part);
    snprintf(leaf->text, sizeof leaf->text, ends ? "name==%.*s*'" : "name==%.*s'", (int)strlen(text) - 1,
             text);
    for (size_t i = 0; i < THINCLIENTS; i++)
        leaf->truth[i] =
            ends ? strncasecmp(tcs[i].name, part, length) == 0 : strcasecmp(tcs[i].name, part) == 0;
}

static void make_id_leaf(struct leaf *leaf)
{
    int64_t a = tcs[rnd(THINCLIENTS)].id, b = tcs[rnd(THINCLIENTS)].id;
    bool out = rnd(2), order = rnd(2);
    snprintf(leaf->text, sizeof leaf->text,
             order ? "id>%lld"
             : out ? "id=out=(%lld,%lld)"
                   : "id=in=(%lld,%lld)",
             (long long)a, (long long)b);
    for (size_t i = 0; i < THINCLIENTS; i++) {
        bool in = tcs[i].id == a || tcs[i].id == b;
        leaf->truth[i] = order ? tcs[i].id > a : in != out;
    }
}

static void make_directory_leaf(struct leaf *leaf)
{
    static const char *const operators[] = {"==", "!=", "=beneath=", "=outside="};
    int64_t directory = random_directory();
    uint32_t op = rnd(COUNT_OF(operators));
    snprintf(leaf->text, sizeof leaf->text, "directory%s%lld", operators[op], (long long)directory);
    for (size_t i = 0; i < THINCLIENTS; i++) {
        bool yes = op < 2 ? tcs[i].parent_id == directory : lies_below(i, directory);
        leaf->truth[i] = yes != (op % 2);
    }
}

static void make_profile_leaf(struct leaf *leaf)
{
    int64_t profile = profiles[rnd(PROFILES)];
    bool inherited = rnd(2), no = rnd(2);
    snprintf(leaf->text, sizeof leaf->text, "%s%s%lld", inherited ? "profile" : "assigned",
             no ? "!=" : "==", (long long)profile);
    for (size_t i = 0; i < THINCLIENTS; i++)
        leaf->truth[i] = is_assigned(i, profile, inherited) != no;
}

static bool is_online(void *ctx, int64_t id)
{
    (void)ctx;
    return id % 3 == 0;
}

static int32_t random_link_online(void *ctx, int64_t id)
{
    return is_online(ctx, id);
}

static void make_state_leaf(struct leaf *leaf)
{
    bool bin = rnd(3) == 0, yes = rnd(2);
    snprintf(leaf->text, sizeof leaf->text, "%s==%s", bin ? "movedToBin" : "online", yes ? "true" : "false");
    for (size_t i = 0; i < THINCLIENTS; i++)
        leaf->truth[i] = (bin ? tcs[i].binned : is_online(NULL, tcs[i].id)) == yes;
}

static void make_firmware_leaf(struct leaf *leaf)
{
    int64_t firmware = 1 + rnd(3);
    snprintf(leaf->text, sizeof leaf->text, "firmwareID=le=%lld", (long long)firmware);
    for (size_t i = 0; i < THINCLIENTS; i++)
        leaf->truth[i] = tcs[i].firmware <= firmware;
}

static void (*const makers[])(struct leaf *leaf) = {make_site_leaf,      make_name_leaf,    make_id_leaf,
                                                    make_directory_leaf, make_profile_leaf, make_state_leaf,
                                                    make_firmware_leaf};

static void make_random(char *text, int depth, bool truth[THINCLIENTS])
{
    if (depth == 0 || rnd(4) == 0) {
        struct leaf leaf;
        makers[rnd(COUNT_OF(makers))](&leaf);
        strcat(text, leaf.text);
        memcpy(truth, leaf.truth, sizeof leaf.truth);
        return;
    }
    bool conjunction = rnd(2);
    uint32_t parts = 2 + rnd(2);
    for (size_t i = 0; i < THINCLIENTS; i++)
        truth[i] = conjunction;
    strcat(text, "(");
    for (uint32_t n = 0; n < parts; n++) {
        bool part[THINCLIENTS];
        strcat(text, n == 0 ? "" : conjunction ? ";" : ",");
        make_random(text, depth - 1, part);
        for (size_t i = 0; i < THINCLIENTS; i++)
            truth[i] = conjunction ? truth[i] && part[i] : truth[i] || part[i];
    }
    strcat(text, ")");
}

static void check_random(void)
{
    static char text[TEXT_SIZE];
    bool truth[THINCLIENTS];
    struct ids wanted = {.last = 0};
    text[0] = '\0';
    make_random(text, 3, truth);
    for (size_t i = 0; i < THINCLIENTS; i++)
        if (truth[i])
            note_id(&wanted, &(itg_thinclient_t){.id = tcs[i].id});
    const char *got = select_ids(ITG_EXTENT_SHORT, text);
    ck_assert_msg(strcmp(got, wanted.text) == 0, "%s\n  gives %s\n    not %s", text, got, wanted.text);
    got = select_in_pieces(text, 7);
    ck_assert_msg(strcmp(got, wanted.text) == 0, "%s\n  gives %s\n    not %s in pieces", text, got,
                  wanted.text);
    for (int n = 0; n < 4; n++) {
        size_t i = rnd(THINCLIENTS);
        ck_assert_msg(matches_alone(text, tcs[i].id) == truth[i], "%s\n  for %lld alone", text,
                      (long long)tcs[i].id);
    }
}

START_TEST(a_slow_evaluator_agrees)
{
    static const itg_link_t link = {
        .size = sizeof(itg_link_t), .online = random_link_online, .send = link_send, .ctx = NULL};
    itg_close(fx.itg);
    for (int fleet = 0; fleet < 8; fleet++) {
        itg_options_t options = fixture_options();
        options.link = &link;
        assert_ok(itg_open(":memory:", &options, &fx.itg, &fx.failure));
        make_random_fleet();
        for (int i = 0; i < 250; i++)
            check_random();
        itg_close(fx.itg);
        fx.itg = NULL;
    }
}
END_TEST

/* Random cuts and changes of good expressions never do worse than being refused. */
START_TEST(damaged_expressions_do_no_harm)
{
    static const char good[] = "(name==ITC*;site=in=('a\\'b',\"c\"),lastContact=lt=-7d);directory=beneath=27";
    static const char letters[] = "()'\"\\;,=<>!* anx1-\x01\x7f\xc3\xa4";
    for (int i = 0; i < 20000; i++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        for (uint32_t n = 1 + rnd(3); n > 0; n--)
            text[rnd(sizeof good - 1)] = letters[rnd(sizeof letters)];
        int64_t position = 0;
        itg_error_t err = itg_expression_check(text, &position, NULL);
        ck_assert(err == ITG_OK || err == ITG_E_INVALID_BODY);
        ck_assert(err == ITG_OK ? position == 0 : position >= 1 && position <= (int64_t)sizeof good);
    }
}
END_TEST

static int run_with_plans(void)
{
    const TTest *const cases[] = {indexes_are_used};
    return fixture_run("expression-plans", with_noting_engine, FIXTURE_TIMEOUT_S, cases, COUNT_OF(cases));
}

int main(void)
{
    const TTest *const cases[] = {expressions_match_what_they_say,
                                  bad_expressions_name_the_place,
                                  nesting_has_a_limit,
                                  the_deepest_expressions_run,
                                  balanced_expressions_run,
                                  values_and_asterisks_and_bytes_have_limits,
                                  missing_parameters_are_refused,
                                  config_changes_are_those_of_the_revisions,
                                  large_subtrees_are_found_too,
                                  a_slow_evaluator_agrees,
                                  damaged_expressions_do_no_harm};
    int failed = fixture_run("expression", with_fleet, FIXTURE_TIMEOUT_S, cases, COUNT_OF(cases));
    return run_with_plans() || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
