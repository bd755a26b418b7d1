/* Commands: over a link that does what the case says, and as Wake-on-LAN packets to receivers on loopback. */
#include "core/core.h"
#include "core/wake.h"
#include "fixture.h"
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The device link: thin clients whose id is in `online` are, and answer as told. */
static struct {
    bool all_online;
    int64_t online[8];
    int sends;         /* calls */
    size_t deliveries; /* commands in all of them */
    itg_delivery_t last[8];
    char macs[8][16], ips[8][64]; /* of last[] */
    void (*answer)(itg_delivery_t *delivery);
    void (*meanwhile)(void); /* called inside send() */
} link_;

/* A fleet in memory has one connection, which any transaction would own. */
static void assert_no_transaction(void)
{
    ck_assert(!fx.itg->fleet->writer.owned);
}

static int32_t link_online(void *ctx, int64_t id)
{
    ck_assert_ptr_eq(ctx, &link_);
    assert_no_transaction();
    bool online = link_.all_online;
    for (size_t i = 0; i < COUNT_OF(link_.online); i++)
        online = online || (id != 0 && link_.online[i] == id);
    return online ? -7 : 0; /* whatever is not 0 means yes */
}

static void link_send(void *ctx, itg_delivery_t *deliveries, size_t count)
{
    ck_assert_ptr_eq(ctx, &link_);
    assert_no_transaction();
    link_.sends++;
    for (size_t i = 0; i < count; i++, link_.deliveries++) {
        ck_assert_int_eq(deliveries[i].done, 0);
        ck_assert_str_eq(deliveries[i].message, "No answer from device");
        if (link_.deliveries < COUNT_OF(link_.last)) {
            link_.last[link_.deliveries] = deliveries[i];
            snprintf(link_.macs[link_.deliveries], sizeof link_.macs[0], "%s", deliveries[i].mac);
            snprintf(link_.ips[link_.deliveries], sizeof link_.ips[0], "%s", deliveries[i].last_ip);
        }
        if (link_.answer)
            link_.answer(&deliveries[i]);
    }
    if (link_.meanwhile)
        link_.meanwhile();
}

static const itg_link_t link_of_fixture = {
    .size = sizeof(itg_link_t), .online = link_online, .send = link_send, .ctx = &link_};

static void confirm(itg_delivery_t *delivery)
{
    delivery->done = 1;
    memcpy(delivery->message, "OK", 3);
}

/* What a call reported. */
static struct {
    int count;
    int stop_after;
    itg_command_result_t results[16];
    char macs[16][16], messages[16][300];
} seen;

static int32_t see(void *ctx, const itg_command_result_t *result)
{
    ck_assert_ptr_eq(ctx, &seen);
    if (seen.count < (int)COUNT_OF(seen.results)) {
        seen.results[seen.count] = *result;
        snprintf(seen.macs[seen.count], sizeof seen.macs[0], "%s", result->mac);
        snprintf(seen.messages[seen.count], sizeof seen.messages[0], "%s", result->message);
    }
    return ++seen.count == seen.stop_after;
}

static itg_error_t send_command(itg_command_t command, const int64_t *ids, size_t count)
{
    memset(&seen, 0, sizeof seen);
    return itg_command_send(fx.itg, command, ids, count, see, &seen, &fx.failure);
}

static void open_with(const itg_options_t *options)
{
    assert_ok(itg_open(":memory:", options, &fx.itg, &fx.failure));
}

static int64_t firmware;

static void setup(void)
{
    fixture_none();
    memset(&link_, 0, sizeof link_);
    itg_options_t options = fixture_options();
    options.link = &link_of_fixture;
    open_with(&options);
    firmware = make_firmware("11.1");
}

static int64_t make(const char *mac, const char *last_ip)
{
    int64_t id = make_thinclient(mac, ITG_ROOT_THINCLIENTS, firmware);
    const itg_value_t value = {"lastIP", last_ip};
    if (last_ip)
        assert_ok(itg_thinclient_update(fx.itg, id, &value, 1, &fx.failure));
    return id;
}

static const char *mac_number(int n)
{
    static char mac[24];
    snprintf(mac, sizeof mac, "00E0C6%06X", (unsigned)n);
    return mac;
}

static bool exists(int64_t id)
{
    itg_thinclient_t *tc = NULL;
    itg_error_t err = itg_thinclient_get(fx.itg, id, &tc, NULL);
    itg_thinclient_free(tc);
    return err == ITG_OK;
}

static void assert_result(int n, int64_t id, bool successful, const char *message)
{
    ck_assert_int_gt(seen.count, n);
    ck_assert_int_eq(seen.results[n].id, id);
    ck_assert_str_eq(seen.messages[n], message);
    ck_assert_int_eq(seen.results[n].successful, successful);
    ck_assert_int_eq(seen.results[n].time_ms, fx.now_ms);
}

/* ---- names */

START_TEST(commands_have_names)
{
    const char *const names[] = {"reboot", "shutdown", "wakeup", "settings2tc", "tcreset2facdefs"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ck_assert_int_eq((int)itg_command_from_name(names[i]), (int)i + 1);
        ck_assert_str_eq(itg_command_name((itg_command_t)(i + 1)), names[i]);
    }
    ck_assert_str_eq(itg_command_name(ITG_COMMAND_FORGET), "forget");
    ck_assert_str_eq(itg_command_name((itg_command_t)0), "");
    ck_assert_str_eq(itg_command_name((itg_command_t)7), "");
    const char *const none[] = {"forget", "dance", "", "Reboot", "reboot ", NULL};
    for (size_t i = 0; i < COUNT_OF(none); i++)
        ck_assert_int_eq((int)itg_command_from_name(none[i]), 0);
}
END_TEST

/* ---- before anything is sent */

static void assert_nothing_sent(void)
{
    ck_assert_int_eq(link_.sends, 0);
    ck_assert_int_eq(seen.count, 0);
}

START_TEST(unknown_ids_are_found_first)
{
    link_.all_online = true;
    int64_t a = make("00E0C5000001", NULL), b = make("00E0C5000002", NULL);
    int64_t directory = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS);
    const int64_t strangers[] = {0, -1, 4711, INT64_MAX, INT64_MIN, directory};
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        const int64_t ids[] = {a, b, a, strangers[i], 4712};
        char expected[80];
        snprintf(expected, sizeof expected, "Thin client with ID <%lld> not found.", (long long)strangers[i]);
        ck_assert_int_eq((int)send_command(ITG_COMMAND_REBOOT, ids, COUNT_OF(ids)),
                         (int)ITG_E_THINCLIENT_NOT_FOUND);
        ck_assert_str_eq(fx.failure.message, expected);
        ck_assert_str_eq(fx.failure.trace, "[itg_command_send]");
        itg_failure_clear(&fx.failure);
        assert_nothing_sent();
    }
}
END_TEST

START_TEST(binned_thin_clients_take_no_commands)
{
    link_.all_online = true;
    const int64_t ids[] = {make("00E0C5000001", NULL), make("00E0C5000002", NULL)};
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, ids[1], &fx.failure));
    for (int command = ITG_COMMAND_REBOOT; command < ITG_COMMAND_FORGET; command++)
        assert_code(send_command((itg_command_t)command, ids, 2), ITG_E_THINCLIENT_IN_BIN);
    assert_nothing_sent();
}
END_TEST

START_TEST(what_cannot_be_asked_for_is_refused)
{
    const int64_t id = make("00E0C5000001", NULL);
    assert_code(send_command(ITG_COMMAND_REBOOT, &id, 0), ITG_E_EMPTY_LIST);
    assert_code(send_command(ITG_COMMAND_REBOOT, NULL, 0), ITG_E_EMPTY_LIST);
    assert_code(send_command(ITG_COMMAND_REBOOT, NULL, 1), ITG_E_INVALID_BODY);
    assert_code(itg_command_send(fx.itg, ITG_COMMAND_REBOOT, &id, 1, NULL, NULL, &fx.failure),
                ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_delete_online(fx.itg, id, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    const struct {
        int command;
        const char *message;
    } wrong[] = {{0, "<0> is an invalid command."},
                 {ITG_COMMAND_FORGET, "<forget> is an invalid command."},
                 {7, "<7> is an invalid command."},
                 {-1, "<-1> is an invalid command."}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        itg_error_t err = send_command((itg_command_t)wrong[i].command, &id, 1);
        ck_assert_int_eq((int)err, (int)ITG_E_INVALID_COMMAND);
        ck_assert_str_eq(fx.failure.message, wrong[i].message);
        itg_failure_clear(&fx.failure);
    }
    assert_nothing_sent();
}
END_TEST

START_TEST(a_group_takes_no_commands)
{
    link_.all_online = true;
    const int64_t id = make("00E0C5000001", NULL);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_code(send_command(ITG_COMMAND_REBOOT, &id, 1), ITG_E_INTERNAL);
    assert_code(itg_thinclient_delete_online(fx.itg, id, see, &seen, &fx.failure), ITG_E_INTERNAL);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    assert_nothing_sent();
}
END_TEST

/* ---- over the link */

START_TEST(results_come_in_the_order_asked)
{
    int64_t a = make("00E0C5000001", NULL), b = make("00E0C5000002", "10.1.1.2"),
            c = make("00E0C5000003", "10.1.1.3");
    int64_t d = make("00E0C5000004", NULL);
    const int64_t ids[] = {d, c, a, b};
    link_.online[0] = a;
    link_.online[1] = c;
    link_.answer = confirm;
    assert_ok(send_command(ITG_COMMAND_SETTINGS2TC, ids, 4));
    ck_assert_int_eq(seen.count, 4);
    assert_result(0, d, false, "Found no IP address for device");
    assert_result(1, c, true, "OK");
    assert_result(2, a, true, "OK"); /* a live connection needs no address */
    assert_result(3, b, false, "Device is offline");
    ck_assert_str_eq(seen.macs[1], "00E0C5000003");
    ck_assert_int_eq(link_.sends, 1);
    ck_assert_uint_eq(link_.deliveries, 2);
    ck_assert_int_eq(link_.last[0].id, c);
    ck_assert_int_eq((int)link_.last[0].command, (int)ITG_COMMAND_SETTINGS2TC);
    ck_assert_str_eq(link_.macs[0], "00E0C5000003");
    ck_assert_str_eq(link_.ips[0], "10.1.1.3");
    ck_assert_str_eq(link_.ips[1], "");
}
END_TEST

START_TEST(without_a_link_all_are_offline)
{
    itg_close(fx.itg);
    itg_options_t options = fixture_options();
    open_with(&options);
    firmware = make_firmware("11.1");
    const int64_t ids[] = {make("00E0C5000001", NULL), make("00E0C5000002", "10.1.1.2")};
    assert_ok(send_command(ITG_COMMAND_REBOOT, ids, 2));
    assert_result(0, ids[0], false, "Found no IP address for device");
    assert_result(1, ids[1], false, "Device is offline");
    ck_assert_int_eq(itg_thinclient_online(fx.itg, ids[0]), 0);
}
END_TEST

START_TEST(an_id_named_twice_is_commanded_once)
{
    int64_t a = make("00E0C5000001", NULL), b = make("00E0C5000002", NULL);
    const int64_t ids[] = {a, b, a, a};
    link_.all_online = true;
    link_.answer = confirm;
    assert_ok(send_command(ITG_COMMAND_REBOOT, ids, 4));
    ck_assert_uint_eq(link_.deliveries, 2);
    ck_assert_int_eq(seen.count, 4);
    for (int i = 0; i < 4; i++)
        assert_result(i, ids[i], true, "OK");
}
END_TEST

static void answer_variously(itg_delivery_t *delivery)
{
    static const struct {
        int32_t done;
        const char *message; /* NULL: left as it was */
    } answers[] = {{0, NULL},   {0, ""},    {0, "Busy \xC3\xBC %s"}, {1, NULL}, {1, ""}, {42, "Will do"},
                   {1, "\xFF"}, {0, "\xFF"}};
    static size_t next;
    delivery->done = answers[next].done;
    if (answers[next].message)
        snprintf(delivery->message, sizeof delivery->message, "%s", answers[next].message);
    next++;
}

START_TEST(answers_are_told)
{
    int64_t ids[8];
    for (int i = 0; i < 8; i++) {
        ids[i] = make(mac_number(i), NULL);
    }
    link_.all_online = true;
    link_.answer = answer_variously;
    assert_ok(send_command(ITG_COMMAND_SHUTDOWN, ids, 8));
    assert_result(0, ids[0], false, "No answer from device");
    assert_result(1, ids[1], false, "No answer from device");
    assert_result(2, ids[2], false, "Busy \xC3\xBC %s");
    assert_result(3, ids[3], true, "OK");
    assert_result(4, ids[4], true, "OK");
    assert_result(5, ids[5], true, "Will do");
    assert_result(6, ids[6], true, "OK");
    assert_result(7, ids[7], false, "No answer from device");
}
END_TEST

static void answer_without_end(itg_delivery_t *delivery)
{
    memset(delivery->message, 'x', sizeof delivery->message - 2);
    memcpy(delivery->message + sizeof delivery->message - 2, "\xC3\xBC", 2);
}

START_TEST(an_answer_without_end_is_cut)
{
    const int64_t id = make("00E0C5000001", NULL);
    link_.all_online = true;
    link_.answer = answer_without_end;
    assert_ok(send_command(ITG_COMMAND_REBOOT, &id, 1));
    ck_assert_uint_eq(strlen(seen.messages[0]), ITG_DELIVERY_MESSAGE_SIZE - 2);
    ck_assert_uint_eq(strspn(seen.messages[0], "x"), ITG_DELIVERY_MESSAGE_SIZE - 2);
}
END_TEST

START_TEST(the_walk_can_be_ended)
{
    const int64_t ids[] = {make("00E0C5000001", NULL), make("00E0C5000002", NULL),
                           make("00E0C5000003", NULL)};
    memset(&seen, 0, sizeof seen);
    seen.stop_after = 2;
    assert_ok(itg_command_send(fx.itg, ITG_COMMAND_REBOOT, ids, 3, see, &seen, &fx.failure));
    ck_assert_int_eq(seen.count, 2);
}
END_TEST

static void use_the_library(void)
{
    fx.now_ms += 1234; /* devices take their time */
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "made by the link", ITG_ROOT_THINCLIENTS);
}

START_TEST(a_link_may_use_the_library)
{
    const int64_t id = make("00E0C5000001", NULL);
    link_.all_online = true;
    link_.answer = confirm;
    link_.meanwhile = use_the_library;
    assert_ok(send_command(ITG_COMMAND_REBOOT, &id, 1));
    assert_result(0, id, true, "OK"); /* and the time is that of the answer */
    ck_assert_int_eq(seen.results[0].time_ms, FIXTURE_START_MS + 1234);
}
END_TEST

START_TEST(online_is_what_the_link_says)
{
    const int64_t id = make("00E0C5000001", NULL);
    ck_assert_int_eq(itg_thinclient_online(fx.itg, id), 0);
    link_.online[3] = id;
    ck_assert_int_eq(itg_thinclient_online(fx.itg, id), 1);
    ck_assert_int_eq(itg_thinclient_online(NULL, id), 0);
}
END_TEST

/* More than are handed to the link at once. */
START_TEST(a_large_fleet_is_commanded_in_parts)
{
    enum { MANY = 20000 };
    static int64_t ids[MANY * 2];
    struct itg__tx tx;
    assert_ok(itg__begin_write(fx.itg, "test", ITG__RIGHT_WRITE, &tx, &fx.failure));
    for (int i = 0; i < MANY; i++) {
        const char *mac = mac_number(i);
        ids[i] = ids[MANY * 2 - 1 - i] = 1000 + i;
        assert_ok(itg__run(&tx, "INSERT INTO object(id, type, name, parent_id) VALUES($1, 1, $2, -1)", "is",
                           ids[i], mac));
        assert_ok(itg__run(&tx,
                           "INSERT INTO thinclient(id, mac, unit_id, firmware_id) VALUES($1, $2, $2, $3)",
                           "isi", ids[i], mac, firmware));
        assert_ok(itg__run(&tx, "INSERT INTO listing VALUES($1, '')", "i", ids[i]));
    }
    assert_ok(itg__raise_sequence(&tx, "object", 1000 + MANY));
    assert_ok(itg__end(&tx, ITG_OK));
    link_.all_online = true;
    link_.answer = confirm;
    assert_ok(send_command(ITG_COMMAND_REBOOT, ids, COUNT_OF(ids)));
    ck_assert_int_eq(seen.count, MANY * 2);
    ck_assert_uint_eq(link_.deliveries, MANY);
    ck_assert_int_eq(link_.sends, 2);
    ids[MANY * 2 - 1] = 7;
    assert_code(send_command(ITG_COMMAND_REBOOT, ids, COUNT_OF(ids)), ITG_E_THINCLIENT_NOT_FOUND);
    ck_assert_int_eq(link_.sends, 2);
}
END_TEST

/* ---- leaving the fleet */

static void confirm_even_ids(itg_delivery_t *delivery)
{
    delivery->done = delivery->id % 2 == 0;
}

START_TEST(confirmed_resets_leave_the_fleet)
{
    int64_t ids[6];
    for (int i = 0; i < 6; i++) {
        ids[i] = make(mac_number(i), NULL);
    }
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware);
    const itg_assignment_t assignment = {profile, ITG_TYPE_PROFILE, ids[0], ITG_TYPE_THINCLIENT};
    assert_ok(itg_assignment_create(fx.itg, &assignment, 1, &fx.failure));
    link_.all_online = true;
    link_.answer = confirm_even_ids;
    assert_ok(send_command(ITG_COMMAND_REBOOT, ids, 6));
    for (int i = 0; i < 6; i++)
        ck_assert(exists(ids[i]));
    assert_ok(send_command(ITG_COMMAND_TCRESET2FACDEFS, ids, 6));
    for (int i = 0; i < 6; i++) {
        bool confirmed = ids[i] % 2 == 0;
        assert_result(i, ids[i], confirmed, confirmed ? "OK" : "No answer from device");
        ck_assert_int_eq(exists(ids[i]), !confirmed);
    }
}
END_TEST

static int64_t deleted_meanwhile;

static void delete_meanwhile(void)
{
    assert_ok(itg_thinclient_delete(fx.itg, deleted_meanwhile, &fx.failure));
}

START_TEST(a_reset_one_may_be_gone_already)
{
    const int64_t ids[] = {make("00E0C5000001", NULL), make("00E0C5000002", NULL)};
    deleted_meanwhile = ids[0];
    link_.all_online = true;
    link_.answer = confirm;
    link_.meanwhile = delete_meanwhile;
    assert_ok(send_command(ITG_COMMAND_TCRESET2FACDEFS, ids, 2));
    ck_assert_int_eq(seen.count, 2);
    ck_assert(!exists(ids[0]) && !exists(ids[1]));
}
END_TEST

static itg_error_t delete_online(int64_t id)
{
    memset(&seen, 0, sizeof seen);
    return itg_thinclient_delete_online(fx.itg, id, see, &seen, &fx.failure);
}

START_TEST(deleting_online_needs_a_confirmation)
{
    int64_t a = make("00E0C5000001", NULL), b = make("00E0C5000002", "10.1.1.2");
    assert_ok(delete_online(a));
    assert_result(0, a, false, "Found no IP address for device");
    assert_ok(delete_online(b));
    assert_result(0, b, false, "Device is offline");
    link_.all_online = true;
    assert_ok(delete_online(b));
    assert_result(0, b, false, "No answer from device");
    ck_assert(exists(a) && exists(b));
    link_.answer = confirm;
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, b, &fx.failure));
    assert_ok(delete_online(b));
    assert_result(0, b, true, "OK");
    ck_assert_str_eq(seen.macs[0], "00E0C5000002");
    ck_assert_int_eq(seen.count, 1);
    ck_assert_int_eq((int)link_.last[1].command, (int)ITG_COMMAND_FORGET);
    ck_assert(exists(a) && !exists(b));
    itg_error_t err = delete_online(b);
    ck_assert_int_eq((int)err, (int)ITG_E_THINCLIENT_NOT_FOUND);
    ck_assert_str_eq(fx.failure.trace, "[itg_thinclient_delete_online]");
    itg_failure_clear(&fx.failure);
    ck_assert_int_eq(seen.count, 0);
}
END_TEST

/* ---- Wake-on-LAN */

struct receiver {
    int fd;
    uint16_t port;
};

static struct receiver receiver_new(int family)
{
    struct receiver receiver = {.fd = socket(family, SOCK_DGRAM, 0)};
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    bool is_ipv4 = family == AF_INET;
    socklen_t size = is_ipv4 ? sizeof ipv4 : sizeof ipv6;
    struct sockaddr *address = is_ipv4 ? (struct sockaddr *)&ipv4 : (struct sockaddr *)&ipv6;
    if (receiver.fd < 0 || bind(receiver.fd, address, size) != 0 ||
        getsockname(receiver.fd, address, &size) != 0) {
        close(receiver.fd);
        return (struct receiver){.fd = -1};
    }
    receiver.port = ntohs(is_ipv4 ? ipv4.sin_port : ipv6.sin6_port);
    return receiver;
}

/* Takes a packet and checks whom it wakes. @return the sender's port; 0: there was none */
static uint16_t receive(const struct receiver *receiver, const char *mac)
{
    unsigned char packet[256], wanted[ITG__WAKE_PACKET_SIZE];
    struct sockaddr_in6 from = {0}; /* large enough for both; the port is at one place */
    socklen_t size = sizeof from;
    struct pollfd ready = {.fd = receiver->fd, .events = POLLIN};
    if (poll(&ready, 1, 500) <= 0)
        return 0;
    ssize_t length =
        recvfrom(receiver->fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
    ck_assert(itg__wake_packet(mac, wanted));
    ck_assert_int_eq(length, ITG__WAKE_PACKET_SIZE);
    ck_assert_mem_eq(packet, wanted, sizeof wanted);
    return ntohs(from.sin6_port);
}

static void assert_silent(const struct receiver *receiver)
{
    struct pollfd ready = {.fd = receiver->fd, .events = POLLIN};
    ck_assert_int_eq(poll(&ready, 1, 50), 0);
}

static void reopen_waking(uint16_t port, const char *broadcast, bool unicast)
{
    itg_close(fx.itg);
    itg_options_t options = fixture_options();
    options.wake_port = port;
    options.wake_broadcast = broadcast;
    options.wake_no_unicast = !unicast;
    open_with(&options);
    firmware = make_firmware("11.1");
}

START_TEST(the_packet_is_magic)
{
    unsigned char packet[ITG__WAKE_PACKET_SIZE];
    const unsigned char mac[] = {0x00, 0xE0, 0xC5, 0x61, 0xEE, 0xED};
    ck_assert(itg__wake_packet("00E0C561eeed", packet));
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(packet[i], 0xFF);
    for (int i = 1; i <= 16; i++)
        ck_assert_mem_eq(packet + i * 6, mac, 6);
    ck_assert(!itg__wake_packet("00E0C561EEE", packet));
    ck_assert(!itg__wake_packet("00E0C561EEEDA", packet));
    ck_assert(!itg__wake_packet("00E0C561EEEG", packet));
    ck_assert(!itg__wake_packet("", packet));
}
END_TEST

START_TEST(wakeup_sends_to_the_broadcast_address)
{
    struct receiver receiver = receiver_new(AF_INET);
    reopen_waking(receiver.port, "127.0.0.1", false);
    const int64_t ids[] = {make("00E0C5000001", NULL), make("00E0C5000002", "127.0.0.1")};
    assert_ok(send_command(ITG_COMMAND_WAKEUP, ids, 2));
    assert_result(0, ids[0], true, "OK");
    assert_result(1, ids[1], true, "OK");
    uint16_t port = receive(&receiver, "00E0C5000001");
    ck_assert_int_ne(port, 0);
    ck_assert_int_eq(receive(&receiver, "00E0C5000002"), port); /* one socket for all */
    assert_silent(&receiver);
    close(receiver.fd);
}
END_TEST

START_TEST(wakeup_sends_to_the_last_address)
{
    struct receiver receiver = receiver_new(AF_INET);
    reopen_waking(receiver.port, "none", true);
    const int64_t ids[] = {make("00E0C5000001", "127.0.0.1"), make("00E0C5000002", NULL),
                           make("00E0C5000003", "no address"), make("00E0C5000004", "localhost")};
    assert_ok(send_command(ITG_COMMAND_WAKEUP, ids, 4));
    assert_result(0, ids[0], true, "OK");
    for (int i = 1; i < 4; i++)
        assert_result(i, ids[i], false, "Found no IP address for device");
    ck_assert_int_ne(receive(&receiver, "00E0C5000001"), 0);
    assert_silent(&receiver);
    close(receiver.fd);
}
END_TEST

START_TEST(wakeup_sends_to_both)
{
    struct receiver receiver = receiver_new(AF_INET);
    reopen_waking(receiver.port, "127.0.0.1", true);
    const int64_t ids[] = {make("00E0C5000001", "127.0.0.1"), make("00E0C5000002", "no address")};
    assert_ok(send_command(ITG_COMMAND_WAKEUP, ids, 2));
    ck_assert_int_ne(receive(&receiver, "00E0C5000001"), 0);
    ck_assert_int_ne(receive(&receiver, "00E0C5000001"), 0);
    ck_assert_int_ne(receive(&receiver, "00E0C5000002"), 0);
    assert_silent(&receiver);
    assert_result(1, ids[1], true, "OK");
    close(receiver.fd);
}
END_TEST

START_TEST(wakeup_knows_ipv6)
{
    struct receiver receiver = receiver_new(AF_INET6);
    if (receiver.fd < 0)
        return; /* a machine without IPv6 */
    reopen_waking(receiver.port, "none", true);
    const int64_t id = make("00E0C5000001", "::1");
    assert_ok(send_command(ITG_COMMAND_WAKEUP, &id, 1));
    assert_result(0, id, true, "OK");
    ck_assert_int_ne(receive(&receiver, "00E0C5000001"), 0);
    close(receiver.fd);
}
END_TEST

START_TEST(wakeup_needs_no_link_and_asks_none)
{
    struct receiver receiver = receiver_new(AF_INET);
    itg_close(fx.itg);
    itg_options_t options = fixture_options();
    options.wake_port = receiver.port;
    options.wake_broadcast = "127.0.0.1";
    options.link = &link_of_fixture;
    open_with(&options);
    firmware = make_firmware("11.1");
    const int64_t ids[] = {make("00E0C5000001", NULL), 0};
    int64_t twice[] = {ids[0], ids[0]};
    assert_code(send_command(ITG_COMMAND_WAKEUP, ids, 2), ITG_E_THINCLIENT_NOT_FOUND);
    assert_silent(&receiver);
    assert_ok(send_command(ITG_COMMAND_WAKEUP, twice, 2));
    assert_result(1, twice[1], true, "OK");
    ck_assert_int_ne(receive(&receiver, "00E0C5000001"), 0);
    assert_silent(&receiver);
    ck_assert_int_eq(link_.sends, 0);
    close(receiver.fd);
}
END_TEST

START_TEST(what_the_network_refuses_is_told)
{
    struct itg__fleet fleet = {.wake_port = 0,
                               .wake_broadcast = "127.0.0.1"}; /* nothing can be sent to port 0 */
    struct itg__wake wake;
    itg__wake_init(&wake, &fleet);
    ck_assert_str_eq(itg__wake_send(&wake, "00E0C5000001", "127.0.0.1"),
                     "The Wake-on-LAN packet could not be sent");
    ck_assert_str_eq(itg__wake_send(&wake, "no MAC", "127.0.0.1"), "The device's MAC is no MAC");
    itg__wake_dispose(&wake);
    ck_assert_int_eq(wake.ipv4, -1);
}
END_TEST

SUITE("command", setup, commands_have_names, unknown_ids_are_found_first,
      binned_thin_clients_take_no_commands, what_cannot_be_asked_for_is_refused, a_group_takes_no_commands,
      results_come_in_the_order_asked, without_a_link_all_are_offline, an_id_named_twice_is_commanded_once,
      answers_are_told, an_answer_without_end_is_cut, the_walk_can_be_ended, a_link_may_use_the_library,
      online_is_what_the_link_says, a_large_fleet_is_commanded_in_parts, confirmed_resets_leave_the_fleet,
      a_reset_one_may_be_gone_already, deleting_online_needs_a_confirmation, the_packet_is_magic,
      wakeup_sends_to_the_broadcast_address, wakeup_sends_to_the_last_address, wakeup_sends_to_both,
      wakeup_knows_ipv6, wakeup_needs_no_link_and_asks_none, what_the_network_refuses_is_told)
