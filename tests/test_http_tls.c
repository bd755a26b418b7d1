/* HTTPS, and the certificate a host makes for itself. */
#ifdef ITG_LIBRARIES_END_IN_2038
#undef _TIME_BITS /* GnuTLS gives time_t */
#endif
#include "http_fixture.h"
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char *certificate, *key;

static void setup(void)
{
    http_memory();
    assert_ok(itg_http_make_certificate("box.example", &certificate, &key, &fx.failure));
    hf.imi_options.plain_http = 0;
    hf.options.plain_http = 0;
    hf.options.certificate = certificate;
    hf.options.key = key;
}

static void stop(void)
{
    http_stop();
    itg_http_free(certificate);
    itg_http_free(key);
}

/* ---- a client ---- */

struct tls {
    int fd;
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t session;
};

static gnutls_datum_t datum(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned int)strlen(text)};
}

/* Trusts the host's certificate and nothing else. @param earlier  a session to resume, or NULL
 * @return what the handshake says */
static int tls_reopen(struct tls *tls, const char *name, const char *priority, const gnutls_datum_t *earlier)
{
    tls->fd = dial();
    gnutls_datum_t pem = datum(certificate);
    ck_assert_int_eq(gnutls_certificate_allocate_credentials(&tls->credentials), 0);
    ck_assert_int_eq(gnutls_certificate_set_x509_trust_mem(tls->credentials, &pem, GNUTLS_X509_FMT_PEM), 1);
    ck_assert_int_eq(gnutls_init(&tls->session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL), 0);
    ck_assert_int_eq(gnutls_priority_set_direct(tls->session, priority, NULL), 0);
    ck_assert_int_eq(gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE, tls->credentials), 0);
    gnutls_session_set_verify_cert(tls->session, name, 0);
    if (earlier)
        ck_assert_int_eq(gnutls_session_set_data(tls->session, earlier->data, earlier->size), 0);
    gnutls_transport_set_int(tls->session, tls->fd);
    int rc = gnutls_handshake(tls->session);
    while (rc < 0 && !gnutls_error_is_fatal(rc))
        rc = gnutls_handshake(tls->session);
    return rc;
}

static int tls_open(struct tls *tls, const char *name, const char *priority)
{
    return tls_reopen(tls, name, priority, NULL);
}

static void tls_close(struct tls *tls)
{
    gnutls_deinit(tls->session);
    gnutls_certificate_free_credentials(tls->credentials);
    hang_up(tls->fd);
}

static void tls_send(struct tls *tls, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = gnutls_record_send(tls->session, bytes, size);
        ck_assert_msg(sent > 0, "%s", gnutls_strerror((int)sent));
        bytes += sent;
        size -= (size_t)sent;
    }
}

/* Reads until a text has come, or to the proper end of the stream if it is NULL. Static buffer. */
static const char *tls_read(struct tls *tls, const char *until)
{
    static char buf[1 << 22];
    size_t length = 0;
    buf[0] = '\0';
    while (!until || !strstr(length > 100 ? buf + length - 100 : buf, until)) {
        ssize_t count = gnutls_record_recv(tls->session, buf + length, sizeof buf - length - 1);
        /* It has got a session ticket, or waited in vain. */
        for (int i = 0; i < 4 && count == GNUTLS_E_AGAIN; i++)
            count = gnutls_record_recv(tls->session, buf + length, sizeof buf - length - 1);
        if (count == GNUTLS_E_AGAIN || count == GNUTLS_E_INTERRUPTED)
            ck_abort_msg("no answer");
        if (count == 0 && !until)
            break;
        ck_assert_msg(count > 0, "%s after: %s", gnutls_strerror((int)count), buf);
        length += (size_t)count;
        buf[length] = '\0';
    }
    return buf;
}

#define ASK "GET /umsapi/v3/firmwares HTTP/1.1\r\nHost: box.example\r\n\r\n"

/* ---- HTTPS ---- */

START_TEST(the_certificate_is_good_for_all_its_names)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "::1", "box.example"};
    http_start();
    struct tls tls;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ck_assert_int_eq(tls_open(&tls, names[i], "NORMAL"), 0);
        tls_send(&tls, ASK, strlen(ASK));
        ck_assert_int_eq(strncmp(tls_read(&tls, "{\"FwResource\":[]}"), "HTTP/1.1 200 OK\r\n", 17), 0);
        tls_close(&tls);
    }
    ck_assert_int_eq(tls_open(&tls, "other.example", "NORMAL"), GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR);
    tls_close(&tls);
    stop();
}
END_TEST

START_TEST(only_tls_1_2_and_1_3_with_good_ciphers_are_spoken)
{
    static const struct {
        const char *priority;
        bool ok;
    } cases[] = {
        {"NORMAL:-VERS-ALL:+VERS-TLS1.3", true},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.2", true},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM", true},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305", true},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.1", false},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.0", false},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC:+AES-256-CBC", false},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA", false},
    };
    http_start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tls tls;
        int rc = tls_open(&tls, "localhost", cases[i].priority);
        ck_assert_msg((rc == 0) == cases[i].ok, "%s: %s", cases[i].priority, gnutls_strerror(rc));
        tls_close(&tls);
    }
    stop();
}
END_TEST

/* Whether a session can be resumed on each of the lanes, and at another host. */
static void resume(const char *priority)
{
    struct tls tls;
    gnutls_datum_t session;
    hf.options.threads = 3;
    http_start();
    ck_assert_int_eq(tls_open(&tls, "localhost", priority), 0);
    ck_assert(!gnutls_session_is_resumed(tls.session));
    for (int i = 0; i < 6; i++) {
        tls_send(&tls, ASK, strlen(ASK));
        ck_assert_ptr_nonnull(strstr(tls_read(&tls, "{\"FwResource\":[]}"), "200 OK"));
        ck_assert_int_eq(gnutls_session_get_data2(tls.session, &session), 0);
        tls_close(&tls);
        if (i == 4) {
            http_stop();
            http_start();
        }
        ck_assert_int_eq(tls_reopen(&tls, "localhost", priority, &session), 0);
        ck_assert_int_eq(gnutls_session_is_resumed(tls.session) != 0, i != 4);
        gnutls_free(session.data);
    }
    tls_close(&tls);
    stop();
}

START_TEST(sessions_of_tls_1_3_are_resumed)
{
    resume("NORMAL:-VERS-ALL:+VERS-TLS1.3");
}
END_TEST

START_TEST(sessions_of_tls_1_2_are_resumed)
{
    resume("NORMAL:-VERS-ALL:+VERS-TLS1.2");
}
END_TEST

START_TEST(links_and_cookies_are_for_https)
{
    assert_ok(itg_user_create(fx.itg, "ada", ITG_ROLE_ADMINISTRATOR, "correct horse", NULL, &fx.failure));
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "one", ITG_ROOT_THINCLIENTS);
    http_start();
    static const char list[] =
        "GET /umsapi/v3/directories/tcdirectories HTTP/1.1\r\nHost: box.example:8443\r\n\r\n";
    static const char login[] = "POST /umsapi/v3/login HTTP/1.1\r\nHost: box.example\r\n"
                                "Authorization: Basic YWRhOmNvcnJlY3QgaG9yc2U=\r\n\r\n";
    struct tls tls;
    ck_assert_int_eq(tls_open(&tls, "localhost", "NORMAL"), 0);
    tls_send(&tls, list, strlen(list));
    ck_assert_ptr_nonnull(
        strstr(tls_read(&tls, "}]"), "\"https://box.example:8443/umsapi/v3/directories/tcdirectories/1\""));
    tls_send(&tls, login, strlen(login));
    ck_assert_ptr_nonnull(strstr(tls_read(&tls, "\"}"), "; Secure; HttpOnly\r\n"));
    tls_close(&tls);
    stop();
}
END_TEST

START_TEST(long_lists_and_large_bodies_pass)
{
    http_start();
    make_directories(2000);
    struct tls tls;
    ck_assert_int_eq(tls_open(&tls, "localhost", "NORMAL"), 0);
    static const char list[] = "GET /umsapi/v3/directories/tcdirectories HTTP/1.1\r\n\r\n";
    tls_send(&tls, list, strlen(list));
    ck_assert_ptr_nonnull(strstr(tls_read(&tls, "\r\n0\r\n\r\n"), "\"001999"));
    enum { SIZE = 3 << 20 };
    char head[128], *body = malloc(SIZE);
    ck_assert_ptr_nonnull(body);
    memset(body, ' ', SIZE);
    memcpy(body, "{\"name\":\"large\"", 15);
    body[SIZE - 1] = '}';
    snprintf(head, sizeof head,
             "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\nContent-Length: %d\r\n\r\n", SIZE);
    tls_send(&tls, head, strlen(head));
    tls_send(&tls, body, SIZE);
    ck_assert_ptr_nonnull(strstr(tls_read(&tls, "-1\"}"), "\"name\":\"large\""));
    free(body);
    tls_close(&tls);
    stop();
}
END_TEST

/* The refusal is written past libmicrohttpd while the body still comes in. */
START_TEST(a_body_over_the_limit_is_refused)
{
    hf.imi_options.max_body = 1000;
    http_start();
    static char body[1 << 20];
    memset(body, ' ', sizeof body);
    for (int i = 0; i < 4; i++) {
        struct tls tls;
        ck_assert_int_eq(tls_open(&tls, "localhost", i < 2 ? "NORMAL" : "NORMAL:-VERS-TLS1.3"), 0);
        const char *head = i % 2 ? "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\n100000\r\n"
                                 : "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\n"
                                   "Content-Length: 1048576\r\n\r\n";
        tls_send(&tls, head, strlen(head));
        tls_send(&tls, body, sizeof body);
        const char *answer = tls_read(&tls, NULL);
        ck_assert_int_eq(strncmp(answer, "HTTP/1.1 413 ", 13), 0);
        ck_assert_ptr_nonnull(strstr(answer, "ITG-0A004"));
        tls_close(&tls);
    }
    stop();
}
END_TEST

/* Up to the end there may be an alert. */
static void expect_no_http(int fd)
{
    char buf[256] = "";
    for (ssize_t count = 1; count > 0;) {
        count = read(fd, buf, sizeof buf - 1);
        ck_assert(count >= 0 || errno == ECONNRESET);
        ck_assert_ptr_null(strstr(buf, "HTTP"));
    }
}

START_TEST(clients_that_do_not_speak_tls_are_cut_off)
{
    hf.options.idle_timeout_s = 1;
    http_start();
    int fd = dial(), silent = dial(), gone = dial();
    send_text(fd, ASK);
    send_text(gone, "\x16\x03\x01\x02");
    slam(gone);
    expect_no_http(fd);
    expect_no_http(silent);
    hang_up(fd);
    hang_up(silent);
    struct tls tls;
    ck_assert_int_eq(tls_open(&tls, "localhost", "NORMAL"), 0);
    tls_close(&tls);
    stop();
}
END_TEST

/* libmicrohttpd would use up a processor for each network thread until they have ended. */
START_TEST(stalled_handshakes_cost_nothing_and_end)
{
    enum { STALLED = 50 };
    int fds[STALLED];
    hf.options.idle_timeout_s = 1;
    http_start();
    for (int round = 0; round < 2; round++) {
        clock_t before = clock();
        for (int i = 0; i < STALLED; i++) {
            fds[i] = dial();
            send_bytes(fds[i], "\x16\x03\x01\x02\x00\x01", i % 2 ? 6 : 3);
        }
        struct tls tls;
        ck_assert_int_eq(tls_open(&tls, "localhost", "NORMAL"), 0);
        if (round == 1)
            http_stop(); /* does not wait for them */
        for (int i = 0; i < STALLED; i++)
            expect_no_http(fds[i]);
        /* Of the second that it took. */
        ck_assert_int_lt((clock() - before) / (CLOCKS_PER_SEC / 1000), 500);
        for (int i = 0; i < STALLED; i++)
            hang_up(fds[i]);
        tls_close(&tls);
    }
    stop();
}
END_TEST

/* The connection is suspended for each byte. */
START_TEST(slow_handshakes_come_to_their_end)
{
    http_start();
    int fd = dial();
    static const char alert[] = {0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x00};
    for (size_t i = 0; i < sizeof alert; i++) {
        send_bytes(fd, alert + i, 1);
        sleep_ms(5);
    }
    expect_no_http(fd);
    hang_up(fd);
    stop();
}
END_TEST

static void assert_not_started(const char *detail)
{
    itg_http_t *http = NULL;
    itg_error_t err = itg_http_start(hf.imi, &hf.options, &http, &fx.failure);
    ck_assert_int_eq(err, ITG_E_INVALID_BODY);
    ck_assert_ptr_null(http);
    ck_assert_msg(strstr(fx.failure.detail, detail), "'%s' is not in: %s", detail, fx.failure.detail);
    itg_failure_clear(&fx.failure);
}

START_TEST(a_certificate_that_cannot_be_used_is_told)
{
    char *other_certificate = NULL, *other_key = NULL;
    assert_ok(itg_http_make_certificate(NULL, &other_certificate, &other_key, &fx.failure));
    assert_ok(itg_imi_new(fx.itg, &hf.imi_options, &hf.imi, &fx.failure));
    hf.options.key = NULL;
    assert_not_started("needs a certificate");
    hf.options.key = other_key;
    assert_not_started("cannot be used");
    hf.options.key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    assert_not_started("cannot be used");
    hf.options.key = key;
    hf.options.certificate = key;
    assert_not_started("cannot be used");
    hf.options.certificate = "";
    assert_not_started("cannot be used");
    itg_http_free(other_certificate);
    itg_http_free(other_key);
    stop();
}
END_TEST

/* ---- the certificate ---- */

static gnutls_x509_crt_t parse(const char *pem)
{
    gnutls_x509_crt_t crt;
    gnutls_datum_t text = datum(pem);
    ck_assert_int_eq(gnutls_x509_crt_init(&crt), 0);
    ck_assert_int_eq(gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM), 0);
    return crt;
}

START_TEST(the_certificate_is_made_as_promised)
{
    gnutls_x509_crt_t crt = parse(certificate);
    unsigned int bits = 0, critical = 0, usage = 0, authority = 1;
    ck_assert_int_eq(gnutls_x509_crt_get_version(crt), 3);
    ck_assert_int_eq(gnutls_x509_crt_get_pk_algorithm(crt, &bits), GNUTLS_PK_ECDSA);
    ck_assert_uint_eq(bits, 256);
    ck_assert_int_eq(gnutls_x509_crt_get_signature_algorithm(crt), GNUTLS_SIGN_ECDSA_SHA256);
    ck_assert_int_eq(gnutls_x509_crt_get_key_usage(crt, &usage, &critical), 0);
    ck_assert_uint_eq(usage, GNUTLS_KEY_DIGITAL_SIGNATURE);
    ck_assert_int_eq(gnutls_x509_crt_get_basic_constraints(crt, &critical, &authority, NULL), 0);
    ck_assert_uint_eq(authority, 0);
    char purpose[64];
    size_t size = sizeof purpose;
    ck_assert_int_eq(gnutls_x509_crt_get_key_purpose_oid(crt, 0, purpose, &size, &critical), 0);
    ck_assert_str_eq(purpose, GNUTLS_KP_TLS_WWW_SERVER);
    time_t now = time(NULL), begin = gnutls_x509_crt_get_activation_time(crt);
    ck_assert_int_lt(begin, now - 80000);
    ck_assert_int_gt(gnutls_x509_crt_get_expiration_time(crt), now + (time_t)3650 * 86400);
    ck_assert_ptr_nonnull(strstr(key, "-----BEGIN PRIVATE KEY-----"));
    gnutls_x509_crt_deinit(crt);
    stop();
}
END_TEST

START_TEST(no_two_certificates_are_alike)
{
    char *other_certificate = NULL, *other_key = NULL;
    assert_ok(itg_http_make_certificate("box.example", &other_certificate, &other_key, &fx.failure));
    ck_assert_str_ne(other_key, key);
    gnutls_x509_crt_t one = parse(certificate), two = parse(other_certificate);
    unsigned char first[32], second[32];
    size_t first_size = sizeof first, second_size = sizeof second;
    ck_assert_int_eq(gnutls_x509_crt_get_serial(one, first, &first_size), 0);
    ck_assert_int_eq(gnutls_x509_crt_get_serial(two, second, &second_size), 0);
    ck_assert_uint_eq(first_size, 16);
    ck_assert_uint_eq(second_size, 16);
    ck_assert_int_ne(memcmp(first, second, 16), 0);
    gnutls_x509_crt_deinit(one);
    gnutls_x509_crt_deinit(two);
    itg_http_free(other_certificate);
    itg_http_free(other_key);
    stop();
}
END_TEST

START_TEST(a_certificate_may_be_for_an_address_or_nothing_more)
{
    static const struct {
        const char *host, *good;
    } cases[] = {{NULL, "localhost"},
                 {"", "127.0.0.1"},
                 {"localhost", "localhost"},
                 {"192.0.2.7", "192.0.2.7"},
                 {"2001:db8::7", "2001:db8::7"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *text = NULL, *secret = NULL;
        assert_ok(itg_http_make_certificate(cases[i].host, &text, &secret, &fx.failure));
        gnutls_x509_crt_t crt = parse(text);
        ck_assert(gnutls_x509_crt_check_hostname(crt, cases[i].good));
        ck_assert(gnutls_x509_crt_check_hostname(crt, "::1"));
        ck_assert(!gnutls_x509_crt_check_hostname(crt, "box.example"));
        gnutls_x509_crt_deinit(crt);
        itg_http_free(text);
        itg_http_free(secret);
    }
    itg_http_free(NULL);
    stop();
}
END_TEST

START_TEST(a_long_host_name_is_kept_whole)
{
    char host[256], *text = NULL, *secret = NULL;
    snprintf(host, sizeof host, "%s.%s.%s.example", repeated("a", 60), "b", "ccccccccccccccccccccccccc");
    assert_ok(itg_http_make_certificate(host, &text, &secret, &fx.failure));
    gnutls_x509_crt_t crt = parse(text);
    ck_assert(gnutls_x509_crt_check_hostname(crt, host));
    gnutls_x509_crt_deinit(crt);
    itg_http_free(text);
    itg_http_free(secret);
    stop();
}
END_TEST

SUITE("http_tls", setup, the_certificate_is_good_for_all_its_names,
      only_tls_1_2_and_1_3_with_good_ciphers_are_spoken, sessions_of_tls_1_3_are_resumed,
      sessions_of_tls_1_2_are_resumed, links_and_cookies_are_for_https, long_lists_and_large_bodies_pass,
      a_body_over_the_limit_is_refused, clients_that_do_not_speak_tls_are_cut_off,
      stalled_handshakes_cost_nothing_and_end, slow_handshakes_come_to_their_end,
      a_certificate_that_cannot_be_used_is_told, the_certificate_is_made_as_promised,
      no_two_certificates_are_alike, a_certificate_may_be_for_an_address_or_nothing_more,
      a_long_host_name_is_kept_whole)
