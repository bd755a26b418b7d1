/* The body of a request: bounded for each request, and for all of them together. */
#include "http/host.h"
#include <stdlib.h>
#include <string.h>

/* A body that was announced is believed up to here; beyond it memory is taken as bytes arrive. */
enum { FIRST_CAPACITY = 4096, TRUSTED_CAPACITY = 65536 };

static size_t next_capacity(const struct itg__request *req, size_t needed, size_t max)
{
    size_t capacity = req->body_capacity * 2;
    if (!req->body_capacity) {
        bool announced = req->content_length > 0 && req->content_length <= TRUSTED_CAPACITY;
        capacity = announced ? (size_t)req->content_length : FIRST_CAPACITY;
    }
    while (capacity < needed)
        capacity *= 2;
    return capacity < max ? capacity : max;
}

static bool charge(itg_http_t *http, size_t bytes)
{
    size_t before = atomic_fetch_add(&http->body_bytes, bytes);
    if (before + bytes <= ITG__HTTP_BODY_BUDGET)
        return true;
    atomic_fetch_sub(&http->body_bytes, bytes);
    return false;
}

static bool grow(struct itg__request *req, size_t needed)
{
    itg_http_t *http = req->lane->http;
    size_t capacity = next_capacity(req, needed, req->max_body);
    size_t more = capacity - req->body_capacity;
    if (!charge(http, more))
        return false;
    char *body = realloc(req->body, capacity);
    if (!body) {
        atomic_fetch_sub(&http->body_bytes, more);
        return false;
    }
    req->body = body;
    req->body_capacity = capacity;
    return true;
}

unsigned int itg__http_body_add(struct itg__request *req, const char *data, size_t size)
{
    if (size > req->max_body - req->body_size)
        return MHD_HTTP_CONTENT_TOO_LARGE;
    size_t needed = req->body_size + size;
    if (needed > req->body_capacity && !grow(req, needed))
        return MHD_HTTP_SERVICE_UNAVAILABLE;
    memcpy(req->body + req->body_size, data, size);
    req->body_size = needed;
    return 0;
}

void itg__http_body_free(struct itg__request *req)
{
    if (!req->body)
        return;
    atomic_fetch_sub(&req->lane->http->body_bytes, req->body_capacity);
    free(req->body);
    req->body = NULL;
    req->body_size = 0;
    req->body_capacity = 0;
}
