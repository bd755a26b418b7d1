/* IMI: GET /thinclientview/{viewId}. */
#include "imi_fixture.h"
#include <stdio.h>
#include <string.h>

/* A directory 1; thin clients 2 in it, 3 in the root, 4 in it and in the recycle bin; the view 5 of the
 * directory. */
static void with_view(void)
{
    imi_trusted();
    int64_t firmware = make_firmware("11.3.100.1");
    int64_t dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS), view = 0;
    make_thinclient("00E0C5000001", dir, firmware);
    make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, firmware);
    int64_t binned = make_thinclient("00E0C5000003", dir, firmware);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, binned, &fx.failure));
    assert_ok(itg_view_create(fx.itg, "v", "directory==1", &view, &fx.failure));
    ck_assert_int_eq(view, 5);
}

/* The part of the answer to `all` that stands for the thin clients of `ids`: what a list of just these would
 * be. */
static const char *rows_of(const char *all, const int *ids, size_t count)
{
    static char text[16384];
    char *to = stpcpy(text, "[");
    const char *row = all + 1;
    for (const char *end = strstr(row, "\"links\":[]}"); end; end = strstr(row, "\"links\":[]}")) {
        end += strlen("\"links\":[]}");
        for (size_t i = 0; i < count; i++) {
            char id[32];
            snprintf(id, sizeof id, "\"id\":\"%d\"", ids[i]);
            const char *found = strstr(row, id);
            if (found && found < end)
                to += snprintf(to, sizeof text - (size_t)(to - text), "%s%.*s", to[-1] == '[' ? "" : ",",
                               (int)(end - row), row);
        }
        row = end + (*end == ',');
    }
    stpcpy(to, "]");
    return text;
}

/* One-time passwords are made anew for each answer. */
static void mask_passwords(char *text)
{
    static const char key[] = "\"password\":\"";
    for (char *at = text; (at = strstr(at, key)) != NULL;)
        for (at += strlen(key); *at != '"'; at++)
            *at = '*';
}

START_TEST(a_view_answers_like_the_list)
{
    static const char *const facets[] = {"",
                                         "?facets=short",
                                         "?facets=details",
                                         "?facets=online",
                                         "?facets=shadow",
                                         "?facets=networkadapters",
                                         "?facets=details,online,shadow,networkadapters"};
    static const int ids[] = {2, 4};
    for (size_t i = 0; i < COUNT_OF(facets); i++) {
        char target[128], wanted[16384];
        snprintf(target, sizeof target, "/thinclients%s", facets[i]);
        ask("GET", target, NULL);
        ck_assert_int_eq(im.reply.status, 200);
        snprintf(wanted, sizeof wanted, "%s", rows_of(im.reply.body, ids, COUNT_OF(ids)));
        ck_assert_msg(strstr(wanted, "00E0C5000001") && strstr(wanted, "00E0C5000003") &&
                          !strstr(wanted, "00E0C5000002"),
                      "%s", wanted);
        snprintf(target, sizeof target, "/thinclientview/5%s", facets[i]);
        ask("GET", target, NULL);
        ck_assert_int_eq(im.reply.status, 200);
        mask_passwords(wanted);
        mask_passwords(im.reply.body);
        ck_assert_str_eq(im.reply.body, wanted);
    }
}
END_TEST

START_TEST(a_view_without_matches_is_an_empty_list)
{
    assert_ok(itg_view_update(fx.itg, 5, NULL, "name==nothing", &fx.failure));
    assert_answer("GET", "/thinclientview/5", NULL, "[]");
}
END_TEST

/* 300 thin clients are more than one piece. */
START_TEST(a_long_answer_comes_in_pieces)
{
    char mac[13];
    for (int i = 0; i < 300; i++) {
        snprintf(mac, sizeof mac, "00E0C51%05X", (unsigned)i);
        make_thinclient(mac, i % 3 ? 1 : ITG_ROOT_THINCLIENTS, 1);
    }
    ask("GET", "/thinclientview/5?facets=details", NULL);
    ck_assert_int_eq(im.reply.status, 200);
    ck_assert_uint_gt(im.reply.length, (size_t)128 << 10);
    size_t rows = 0;
    for (const char *row = im.reply.body; (row = strstr(row, "\"mac\":")) != NULL; row++)
        rows++;
    ck_assert_uint_eq(rows, 200 + 2);
}
END_TEST

START_TEST(what_is_no_view_is_refused)
{
    static const char no_handler[] = "No handler is mapped for this request.";
    assert_error("GET", "/thinclientview/6", NULL, 404, "ITG-0A020", no_handler);
    assert_error("GET", "/thinclientview/1", NULL, 404, "ITG-0A020", no_handler);
    assert_error("GET", "/thinclientview/-1", NULL, 404, "ITG-0A020", no_handler);
    assert_error("GET", "/thinclientview/6?facets=details", NULL, 404, "ITG-0A020", no_handler);
    assert_error("GET", "/thinclientview", NULL, 404, "ITG-0A020", no_handler);
    assert_error("GET", "/thinclientview/5/x", NULL, 404, "ITG-0A020", no_handler);
    assert_error("GET", "/thinclientview/x", NULL, 400, "ITG-0A010", "Number format error");
    assert_error("GET", "/thinclientview/5?facets=deviceattributes", NULL, 404, "ITG-0A020", no_handler);
    assert_error("GET", "/thinclientview/5?facets=loginhistory", NULL, 404, "ITG-0A020", no_handler);
    assert_error("GET", "/thinclientview/5?facets=children", NULL, 404, "ITG-0A020", no_handler);
    assert_error("PUT", "/thinclientview/5", "{}", 400, "ITG-0A011", "Request method 'PUT' not supported");
    assert_error("DELETE", "/thinclientview/5", NULL, 400, "ITG-0A011",
                 "Request method 'DELETE' not supported");
}
END_TEST

SUITE("imi-view", with_view, a_view_answers_like_the_list, a_view_without_matches_is_an_empty_list,
      a_long_answer_comes_in_pieces, what_is_no_view_is_refused)
