#include "cli/agent/pin.h"
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "sha256//"

enum { DIGEST_TEXT = 44 /* 32 bytes in Base64 */, DER_MAX = 1 << 16 };

/* A stretch of DER. */
struct der {
    const uint8_t *at;
    size_t length;
};

/* Takes the value at the beginning off. *ret_whole, NULL allowed: with its header. @return its tag, -1: no DER */
static int take(struct der *der, struct der *ret_content, struct der *ret_whole)
{
    const uint8_t *at = der->at;
    if (der->length < 2 || (at[0] & 0x1f) == 0x1f)
        return -1;
    size_t header = 2, length = at[1];
    if (length & 0x80) {
        size_t bytes = length & 0x7f;
        /* No length of ours needs more; of an indefinite one DER knows nothing. */
        if (bytes < 1 || bytes > 3 || der->length < 2 + bytes)
            return -1;
        length = 0;
        for (size_t i = 0; i < bytes; i++)
            length = length << 8 | at[2 + i];
        header += bytes;
    }
    if (length > der->length - header)
        return -1;
    *ret_content = (struct der){at + header, length};
    if (ret_whole)
        *ret_whole = (struct der){at, header + length};
    der->at += header + length;
    der->length -= header + length;
    return at[0];
}

enum { INTEGER = 0x02, SEQUENCE = 0x30, VERSION = 0xa0 };

/* Certificate { tbsCertificate { [0] version, serial, signature, issuer, validity, subject, subjectPublicKeyInfo */
static bool find_public_key(struct der certificate, struct der *ret_key)
{
    static const int before[] = {INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE};
    struct der outer, inner, part;
    if (take(&certificate, &outer, NULL) != SEQUENCE || take(&outer, &inner, NULL) != SEQUENCE)
        return false;
    if (inner.length && inner.at[0] == VERSION && take(&inner, &part, NULL) < 0)
        return false;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        if (take(&inner, &part, NULL) != before[i])
            return false;
    return take(&inner, &part, ret_key) == SEQUENCE;
}

static bool hash_public_key(const uint8_t *bytes, size_t length, char pin[AGENT_PIN_TEXT_SIZE])
{
    struct der key;
    uint8_t digest[crypto_hash_sha256_BYTES];
    char text[DIGEST_TEXT + 1];
    if (!find_public_key((struct der){bytes, length}, &key))
        return false;
    crypto_hash_sha256(digest, key.at, key.length);
    sodium_bin2base64(text, sizeof text, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL);
    snprintf(pin, AGENT_PIN_TEXT_SIZE, PREFIX "%s", text);
    return true;
}

bool agent_pin_of(const char *pem, char pin[AGENT_PIN_TEXT_SIZE])
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    const char *from = strstr(pem, begin);
    const char *to = from ? strstr(from, "-----END CERTIFICATE-----") : NULL;
    uint8_t *bytes = to ? malloc(DER_MAX) : NULL;
    size_t length = 0;
    if (!bytes)
        return false;
    from += sizeof begin - 1;
    bool found = sodium_base642bin(bytes, DER_MAX, from, (size_t)(to - from), "\r\n ", &length, NULL,
                                   sodium_base64_VARIANT_ORIGINAL) == 0 &&
                 hash_public_key(bytes, length, pin);
    free(bytes);
    return found;
}

bool agent_pin_ok(const char *text)
{
    uint8_t digest[crypto_hash_sha256_BYTES];
    size_t length = 0;
    return strncmp(text, PREFIX, sizeof PREFIX - 1) == 0 && strlen(text) == sizeof PREFIX - 1 + DIGEST_TEXT &&
           sodium_base642bin(digest, sizeof digest, text + sizeof PREFIX - 1, DIGEST_TEXT, NULL, &length,
                             NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           length == sizeof digest;
}
