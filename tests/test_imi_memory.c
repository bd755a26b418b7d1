/* Want of memory: the n-th allocation of a request fails, for every n. The linker sends the library's
 * allocations here, see meson.build. */
#include "imi_fixture.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which allocations fail: after `left` more, one or all. */
static struct {
    bool armed;
    bool lasting;
    long left;
    long failed;
} want;

static bool fails(void)
{
    if (!want.armed || want.left-- > 0)
        return false;
    want.armed = want.lasting;
    want.failed++;
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

static void arm(long after, bool lasting)
{
    want.left = after;
    want.lasting = lasting;
    want.failed = 0;
    want.armed = true;
}

static char cookie[64];

/* Two of everything, so that something is left after a deletion; and a session. */
static void setup(void)
{
    imi_memory();
    int64_t firmware = make_firmware("1.0");
    int64_t directory = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "D", -1);
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "E", directory);
    make_thinclient("00E0C5000003", directory, firmware);
    make_profile(ITG_TYPE_PROFILE, "P", -2, firmware);
    assert_ok(itg_assignment_create(
        fx.itg, &(itg_assignment_t){4, ITG_TYPE_PROFILE, 1, ITG_TYPE_THINCLIENT_DIRECTORY}, 1, &fx.failure));
    assert_ok(itg_user_create(fx.itg, "admin", ITG_ROLE_ADMINISTRATOR, "correct horse", NULL, &fx.failure));
    char session[ITG_SESSION_ID_LENGTH + 1];
    assert_ok(itg_login(fx.itg, "admin", "correct horse", session, &fx.failure));
    snprintf(cookie, sizeof cookie, "JSESSIONID=%s", session);
    /* jansson is a library of its own: the linker cannot send its allocations here. */
    json_set_alloc_funcs(malloc, free);
}

#define NAME_OF_200                                                                                          \
    "\xC3\xA4\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\" \
    "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"

static const struct sample {
    const char *method, *target, *body;
} samples[] = {
    {"GET", "/umsapi/v3/thinclients?facets=details,online", NULL},
    {"GET", "/umsapi/v3/thinclients/3", NULL},
    {"GET", "/umsapi/v3/thinclients?facets=networkadapters,deviceattributes,loginhistory", NULL},
    {"GET", "/umsapi/v3/assetinfo", NULL},
    {"GET", "/umsapi/v3/assethistory/thinclients/00E0C5000001", NULL},
    {"GET", "/umsapi/v3/directories/tcdirectories?facets=children", NULL},
    {"GET", "/umsapi/v3/directories/tcdirectories/1?facets=children", NULL},
    {"GET", "/umsapi/v3/thinclients/3/assignments/profiles", NULL},
    {"GET", "/umsapi/v3/profiles/4/assignments/tcdirectories", NULL},
    {"GET", "/umsapi/v3/profiles", NULL},
    {"GET", "/umsapi/v3/firmwares/1", NULL},
    {"GET", "/umsapi/v3/serverstatus", NULL},
    {"PUT", "/umsapi/v3/thinclients",
     "{'mac':'00E0C51234AB','firmwareID':1,'name':'" NAME_OF_200 "','site':'S'}"},
    {"PUT", "/umsapi/v3/thinclients/3", "{'name':'N','comment':'C'}"},
    {"DELETE", "/umsapi/v3/thinclients/3/deletetcoffline", NULL},
    {"PUT", "/umsapi/v3/directories/tcdirectories", "{'name':'" NAME_OF_200 "','parentID':1}"},
    {"PUT", "/umsapi/v3/directories/tcdirectories/1", "{'name':'Y'}"},
    {"PUT", "/umsapi/v3/directories/tcdirectories/2?operation=move",
     "[{'id':'3','type':'tc'},{'id':1,'type':'tcdirectory'}]"},
    {"DELETE", "/umsapi/v3/directories/tcdirectories/2", NULL},
    {"PUT", "/umsapi/v3/profiles/4", "{'name':'Q'}"},
    {"DELETE", "/umsapi/v3/profiles/4", NULL},
    {"PUT", "/umsapi/v3/thinclients/3/assignments/profiles",
     "[{'assignee':{'id':4,'type':'profile'},'receiver':{'id':3,'type':'tc'}}]"},
    {"DELETE", "/umsapi/v3/profiles/4/assignments/tcdirectories/1", NULL},
};

/* Reads a whole answer. @return its length, or -1 for one that broke off */
static int64_t read_all(itg_imi_response_t *response, char *buf, size_t size)
{
    int64_t length = 0, count = 0;
    do {
        length += count;
        count = itg_imi_response_read(response, buf + length, size - (size_t)length - 1);
    } while (count > 0);
    buf[length] = '\0';
    return count < 0 ? -1 : length;
}

/* One request with its allocations failing. Its effect is taken back. @return true if none failed */
static bool try_one(const struct sample *sample, long after, bool lasting)
{
    static char body[1 << 16];
    itg_imi_request_t request = {
        .size = sizeof request, .method = sample->method, .target = sample->target, .cookie = cookie};
    request.body = sample->body ? json(sample->body) : NULL;
    request.body_size = sample->body ? strlen(request.body) : 0;
    char *before = fixture_fingerprint(fx.itg);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    arm(after, lasting);
    itg_imi_response_t *response = itg_imi_handle(im.imi, &request);
    int64_t length = read_all(response, body, sizeof body);
    want.armed = false;
    int32_t status = itg_imi_response_status(response);
    itg_imi_response_free(response);
    ck_assert_msg(status == 200 || status == 500, "%s %s, %ld: %d %s", sample->method, sample->target, after,
                  status, body);
    if (status == 500) {
        ck_assert_int_gt(want.failed, 0);
        ck_assert(strstr(body, "\"errorCode\":\"ITG-FF001\"") || (length == 0 && lasting));
        fixture_assert_unchanged(before, sample->target, __FILE__, __LINE__);
    } else {
        free(before);
    }
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    return want.failed == 0;
}

static void try_all(bool lasting)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        long after = 0;
        while (!try_one(&samples[i], after, lasting))
            after++;
        ck_assert_int_gt(after, 1);
        ck_assert_int_lt(after, 500);
    }
}

START_TEST(one_allocation_fails)
{
    try_all(false);
}
END_TEST

START_TEST(all_allocations_fail_from_one_on)
{
    try_all(true);
}
END_TEST

START_TEST(there_is_always_an_answer)
{
    itg_imi_response_t *responses[40];
    itg_imi_request_t request = {.size = sizeof request, .method = "GET", .target = "/umsapi/v3/firmwares"};
    for (int round = 0; round < 3; round++) {
        int with_body = 0;
        arm(0, true);
        for (size_t i = 0; i < COUNT_OF(responses); i++)
            responses[i] = i % 2 ? itg_imi_handle(im.imi, &request) : itg_imi_refuse_busy(im.imi);
        want.armed = false;
        for (size_t i = 0; i < COUNT_OF(responses); i++) {
            char body[512];
            ck_assert_int_eq(itg_imi_response_status(responses[i]), 500);
            int64_t announced = itg_imi_response_size(responses[i]);
            ck_assert_int_eq(read_all(responses[i], body, sizeof body), announced);
            if (announced > 0) {
                ck_assert_int_eq(
                    strncmp(body, "{\"message\":\"Internal error\",\"errorCode\":\"ITG-FF001\"", 50), 0);
                with_body++;
            }
            itg_imi_response_free(responses[i]);
        }
        ck_assert_int_eq(with_body, 4);
    }
}
END_TEST

SUITE("imi_memory", setup, one_allocation_fails, all_allocations_fail_from_one_on, there_is_always_an_answer)
