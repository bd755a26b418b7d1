/* A certificate for hosts that were given none. */
#ifdef ITG_LIBRARIES_END_IN_2038
#undef _TIME_BITS /* GnuTLS is given time_t */
#endif
#include "http/host.h"
#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_S       ((time_t)24 * 60 * 60)
#define TEN_YEARS_S (3653 * DAY_S)

/* The clocks of clients may be behind. */
#define BACKDATE_S DAY_S

enum { SERIAL_SIZE = 16 };

static int add_address(gnutls_x509_crt_t crt, int family, const char *text)
{
    unsigned char address[sizeof(struct in6_addr)];
    if (inet_pton(family, text, address) != 1)
        return GNUTLS_E_INVALID_REQUEST;
    unsigned int size = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
    return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, size, GNUTLS_FSAN_APPEND);
}

static int add_name(gnutls_x509_crt_t crt, const char *name)
{
    return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, name, (unsigned int)strlen(name),
                                                GNUTLS_FSAN_APPEND);
}

static int add_host(gnutls_x509_crt_t crt, const char *host)
{
    static const char *const standard[] = {"localhost", "127.0.0.1", "::1"};
    for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
        if (strcmp(host, standard[i]) == 0)
            return 0;
    }
    unsigned char address[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, host, address) == 1)
        return add_address(crt, AF_INET, host);
    if (inet_pton(AF_INET6, host, address) == 1)
        return add_address(crt, AF_INET6, host);
    return add_name(crt, host);
}

static int set_names(gnutls_x509_crt_t crt, const char *host)
{
    const char *subject = host ? host : "localhost";
    /* A common name holds 64 characters; the names that count are the alternative ones. */
    size_t size = strlen(subject);
    int rc = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, size <= 64 ? subject : "itg",
                                           (unsigned int)(size <= 64 ? size : 3));
    if (rc >= 0)
        rc = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, "libitg", 6);
    if (rc >= 0)
        rc = add_name(crt, "localhost");
    if (rc >= 0)
        rc = add_address(crt, AF_INET, "127.0.0.1");
    if (rc >= 0)
        rc = add_address(crt, AF_INET6, "::1");
    if (rc >= 0 && host)
        rc = add_host(crt, host);
    return rc;
}

/* No certificate authority: whoever trusts it trusts this server only. */
static int set_usage(gnutls_x509_crt_t crt)
{
    int rc = gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
    return rc;
}

static int set_life(gnutls_x509_crt_t crt)
{
    unsigned char serial[SERIAL_SIZE];
    int rc = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));
    if (rc < 0)
        return rc;
    serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40); /* positive, and of full length */
    time_t now = time(NULL);
    rc = gnutls_x509_crt_set_version(crt, 3);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_serial(crt, serial, sizeof(serial));
    if (rc >= 0)
        rc = gnutls_x509_crt_set_activation_time(crt, now - BACKDATE_S);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_expiration_time(crt, now + TEN_YEARS_S);
    return rc;
}

static int set_key(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    unsigned char id[32];
    size_t size = sizeof(id);
    int rc = gnutls_x509_crt_set_key(crt, key);
    if (rc >= 0)
        rc = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, id, &size);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_subject_key_id(crt, id, size);
    return rc;
}

static int make_key(gnutls_x509_privkey_t key)
{
    unsigned int curve = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    return gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, curve, 0);
}

static int sign(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *host)
{
    int rc = set_life(crt);
    if (rc >= 0)
        rc = set_names(crt, host);
    if (rc >= 0)
        rc = set_usage(crt);
    if (rc >= 0)
        rc = set_key(crt, key);
    if (rc >= 0)
        rc = gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
    return rc;
}

/* Moves GnuTLS's text into memory that itg_http_free() can free. */
static char *take_text(gnutls_datum_t *datum)
{
    char *text = malloc((size_t)datum->size + 1);
    if (text) {
        memcpy(text, datum->data, datum->size);
        text[datum->size] = '\0';
    }
    gnutls_memset(datum->data, 0, datum->size);
    gnutls_free(datum->data);
    return text;
}

static int export(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, char **ret_certificate, char **ret_key)
{
    gnutls_datum_t crt_text, key_text;
    int rc = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &crt_text);
    if (rc < 0)
        return rc;
    char *certificate = take_text(&crt_text);
    rc = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_text);
    char *private = rc < 0 ? NULL : take_text(&key_text);
    if (!certificate || !private) {
        itg_http_free(certificate);
        itg_http_free(private);
        return rc < 0 ? rc : GNUTLS_E_MEMORY_ERROR;
    }
    *ret_certificate = certificate;
    *ret_key = private;
    return 0;
}

itg_error_t itg_http_make_certificate(const char *host, char **ret_certificate, char **ret_key,
                                      itg_failure_t *failure)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t crt = NULL;
    int rc = gnutls_x509_privkey_init(&key);
    if (rc >= 0)
        rc = gnutls_x509_crt_init(&crt);
    if (rc >= 0)
        rc = make_key(key);
    if (rc >= 0)
        rc = sign(crt, key, host && host[0] ? host : NULL);
    if (rc >= 0)
        rc = export(crt, key, ret_certificate, ret_key);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
    if (rc < 0)
        return itg__http_fail(failure, ITG_E_INTERNAL, "cannot make a certificate", gnutls_strerror(rc));
    return ITG_OK;
}

void itg_http_free(char *text)
{
    if (!text)
        return;
    gnutls_memset(text, 0, strlen(text));
    free(text);
}
