/* The table of who is there, and what the store has of it. */
#include "core/presence_table.h"
#include "fixture.h"
#include <itg/agent.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static struct itg__fleet *fleet(void)
{
    return fx.itg->fleet;
}

static void touch(int64_t id, int64_t for_ms)
{
    struct itg__client *client = itg__presence_lock(fleet(), id, true);
    ck_assert_ptr_nonnull(client);
    itg__presence_touch(fleet(), client, fx.now_ms, fx.now_ms + for_ms);
    itg__presence_unlock(fleet());
}

static bool is_known(int64_t id)
{
    struct itg__client *client = itg__presence_lock(fleet(), id, false);
    if (client)
        itg__presence_unlock(fleet());
    return client != NULL;
}

START_TEST(three_hundred_thousand_take_less_than_30_mb)
{
    struct mallinfo2 before = mallinfo2();
    if (before.uordblks + before.hblkhd == 0)
        return; /* a sanitizer's allocator, or valgrind's, of which this tells nothing */
    for (int64_t id = 1; id <= 300000; id++)
        touch(id, 1000);
    struct mallinfo2 after = mallinfo2();
    size_t used = after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
    ck_assert_msg(used < (size_t)30000000, "%zu bytes", used);
    ck_assert_msg(used > (size_t)20000000, "%zu bytes: has the test lost its subject?", used);
    ck_assert(itg__presence_online(fleet(), 1) && itg__presence_online(fleet(), 300000));
    ck_assert(!itg__presence_online(fleet(), 300001));
}
END_TEST

/* Against the obvious: an array by id. */
START_TEST(the_table_does_what_an_array_does)
{
    enum { IDS = 3000, STEPS = 20000 };
    static bool there[IDS];
    uint32_t random = 1;
    for (int i = 0; i < STEPS; i++) {
        random = random * 1664525 + 1013904223;
        int64_t id = 1 + (random >> 8) % (IDS - 1);
        if (random >> 30 == 0) {
            pthread_mutex_lock(&fleet()->presence->lock);
            itg__presence_forget(fleet()->presence, id);
            pthread_mutex_unlock(&fleet()->presence->lock);
            there[id] = false;
        } else {
            struct itg__client *client = itg__presence_lock(fleet(), id, true);
            ck_assert_ptr_nonnull(client);
            ck_assert_int_eq(client->id, id);
            itg__presence_unlock(fleet());
            there[id] = true;
        }
    }
    size_t count = 0;
    for (int64_t id = 1; id < IDS; id++) {
        ck_assert_msg(is_known(id) == there[id], "%d", (int)id);
        count += there[id];
    }
    ck_assert_uint_eq(fleet()->presence->count, count);
}
END_TEST

START_TEST(one_is_online_for_its_time_while_it_waits_and_not_when_it_is_deleted)
{
    touch(7, 1000);
    ck_assert(itg__presence_online(fleet(), 7));
    fx.now_ms += 999;
    ck_assert(itg__presence_online(fleet(), 7));
    fx.now_ms += 1;
    ck_assert(!itg__presence_online(fleet(), 7));
    struct itg__client *client = itg__presence_lock(fleet(), 7, false);
    client->waiting = true;
    itg__presence_unlock(fleet());
    ck_assert(itg__presence_online(fleet(), 7));
    itg__presence_doom(fleet(), 7);
    ck_assert(itg__presence_doomed(fleet()));
    ck_assert(!itg__presence_doomed(fleet()));
    ck_assert(!itg__presence_online(fleet(), 7));
}
END_TEST

static int64_t stored_contact(int64_t id)
{
    struct itg__tx tx;
    bool found = false;
    int64_t ms = -1;
    assert_ok(itg__begin_read(fx.itg, "test", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__end(
        &tx, itg__lookup(&tx, &found, &ms, "SELECT last_contact FROM thinclient WHERE id = $1", "i", id)));
    return ms;
}

static int64_t make(const char *mac)
{
    return make_thinclient(mac, ITG_ROOT_THINCLIENTS, make_firmware(mac));
}

static bool step(void)
{
    bool more = false;
    assert_ok(itg__presence_step(fleet(), &more, &fx.failure));
    return more;
}

START_TEST(contacts_are_read_at_once_and_written_behind)
{
    int64_t id = make("00E0C5000001");
    assert_ok(itg__presence_serve(fleet(), &fx.failure));
    touch(id, 1000);
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_get(fx.itg, id, &tc, &fx.failure));
    ck_assert_int_eq(tc->last_contact, fx.now_ms);
    itg_thinclient_free(tc);
    ck_assert_int_eq(stored_contact(id), 0);
    step();
    ck_assert_int_eq(stored_contact(id), fx.now_ms);
    /* One of a thin client that is not there is no fault. */
    touch(9999, 1000);
    ck_assert(!step());
    fx.now_ms += 500;
    touch(id, 1000);
    itg__presence_retire(fleet());
    ck_assert_int_eq(stored_contact(id), fx.now_ms);
}
END_TEST

START_TEST(another_writer_is_not_waited_for)
{
    int64_t id = make("00E0C5000001");
    itg_t *other = NULL;
    itg_options_t options = fixture_options();
    assert_ok(itg__presence_serve(fleet(), &fx.failure));
    assert_ok(itg_open(fx.path, &options, &other, &fx.failure));
    touch(id, 1000);
    assert_ok(itg_begin(other, &fx.failure));
    step();
    assert_ok(itg_rollback(other, &fx.failure));
    ck_assert_int_eq(stored_contact(id), 0);
    step();
    ck_assert_int_eq(stored_contact(id), fx.now_ms);
    itg_close(other);
}
END_TEST

START_TEST(another_process_knows_who_is_online)
{
    int64_t one = make("00E0C5000001"), two = make("00E0C5000002");
    itg_t *other = NULL;
    itg_options_t options = fixture_options();
    itg_presence_t presence = {.size = sizeof presence};
    assert_ok(itg_open(fx.path, &options, &other, &fx.failure));
    ck_assert_int_eq(itg_thinclient_online(other, one), 0);
    assert_ok(itg_presence(other, &presence, &fx.failure));
    ck_assert_int_eq(presence.started_ms, 0);
    assert_ok(itg__presence_serve(fleet(), &fx.failure));
    touch(one, 3000);
    step();
    fx.now_ms += 1000;
    ck_assert_int_eq(itg_thinclient_online(other, one), 1);
    ck_assert_int_eq(itg_thinclient_online(other, two), 0);
    assert_ok(itg_presence(other, &presence, &fx.failure));
    ck_assert_int_eq(presence.online, 1);
    ck_assert_int_gt(presence.started_ms, 0);
    assert_ok(itg_presence(fx.itg, &presence, &fx.failure));
    ck_assert_int_eq(presence.online, 1);
    ck_assert_int_eq(presence.contacts, 1);
    /* Its time is over: the step finds it. */
    fx.now_ms += 2000;
    step();
    fx.now_ms += 1000;
    ck_assert_int_eq(itg_thinclient_online(other, one), 0);
    touch(one, 3600000);
    step();
    fx.now_ms += 1000;
    ck_assert_int_eq(itg_thinclient_online(other, one), 1);
    /* The serving process was killed. */
    fx.now_ms += 25000;
    ck_assert_int_eq(itg_thinclient_online(other, one), 0);
    step();
    fx.now_ms += 1000;
    ck_assert_int_eq(itg_thinclient_online(other, one), 1);
    assert_ok(itg_thinclient_delete(fx.itg, one, &fx.failure));
    step();
    ck_assert(step() || !is_known(one));
    itg__presence_retire(fleet());
    fx.now_ms += 1000;
    ck_assert_int_eq(itg_thinclient_online(other, one), 0);
    itg_close(other);
    assert_code(itg_presence(fx.itg, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

SUITE("presence", fixture_file, three_hundred_thousand_take_less_than_30_mb,
      the_table_does_what_an_array_does, one_is_online_for_its_time_while_it_waits_and_not_when_it_is_deleted,
      contacts_are_read_at_once_and_written_behind, another_writer_is_not_waited_for,
      another_process_knows_who_is_online)
