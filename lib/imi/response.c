/* What goes out: status, headers, and a body that lies in memory or is made while it is read. */
#include "imi/imi.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JSON_TYPE "application/json;charset=UTF-8"

/* The answer when not even a spare is left: it never changes, so any number of threads may have it. */
static const itg_imi_response_t last_resort = {.status = 500};

bool itg__imi_response_is_last_resort(const itg_imi_response_t *response)
{
    return response == &last_resort;
}

static itg_imi_response_t *take_spare(struct itg__answers *answers)
{
    for (size_t i = 0; i < sizeof answers->spares / sizeof *answers->spares; i++) {
        if (!atomic_exchange(&answers->spares[i].in_use, true))
            return &answers->spares[i];
    }
    return NULL;
}

itg_imi_response_t *itg__imi_response_new(struct itg__answers *answers)
{
    itg_imi_response_t *response = calloc(1, sizeof *response);
    if (!response) {
        response = take_spare(answers);
        if (!response)
            return (itg_imi_response_t *)&last_resort;
        response->spare = true;
    }
    response->status = 200;
    itg__imi_response_header_add(response, "Content-Type", "%s", JSON_TYPE);
    return response;
}

void itg__imi_response_header_add(itg_imi_response_t *response, const char *name, const char *format, ...)
{
    if (response->header_count == sizeof response->headers / sizeof *response->headers)
        return;
    struct itg__imi_header *header = &response->headers[response->header_count];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(header->value, sizeof header->value, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof header->value)
        return;
    header->name = name;
    response->header_count++;
}

void itg__imi_response_drop_body(itg_imi_response_t *response)
{
    itg__buf_dispose(&response->body);
    itg__imi_list_free(response->list);
    response->list = NULL;
    response->taken = 0;
    response->emergency[0] = '\0';
}

/* "2016-04-06T13:29:59.362", local time */
static void format_time(int64_t time_ms, char *buf, size_t size)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm tm = {0};
    localtime_r(&seconds, &tm);
    size_t length = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(buf + length, size - length, ".%03d", (int)(time_ms % 1000));
}

/* A failure's message may repeat bytes of the request: what is no UTF-8 must not get into the answer. */
static void put_lossy(struct itg__buf *out, const char *before, char *text)
{
    if (!itg__utf8_ok(text, strlen(text))) {
        for (char *c = text; *c; c++)
            *c = (unsigned char)*c < 0x80 ? *c : '?';
    }
    itg__imi_put_text(out, before, text);
}

static void put_failure(struct itg__buf *out, const itg_failure_t *failure, bool hide_trace)
{
    char message[sizeof failure->message], time[32];
    memcpy(message, failure->message, sizeof message);
    format_time(failure->time_ms, time, sizeof time);
    put_lossy(out, "{\"message\":", message);
    itg__imi_put_text(out, ",\"errorCode\":", itg_error_code(failure->code));
    itg__imi_put_text(out, ",\"time\":", time);
    itg__imi_put_text(out, ",\"stackTrace\":", hide_trace ? "" : failure->trace);
    itg__buf_char(out, '}');
}

/* The answer for want of memory, made without any. */
static void make_emergency(itg_imi_response_t *response, const itg_failure_t *failure)
{
    char time[32], message[64];
    format_time(failure->time_ms, time, sizeof time);
    itg_error_format(ITG_E_INTERNAL, NULL, message, sizeof message);
    response->status = itg_error_http_status(ITG_E_INTERNAL);
    snprintf(response->emergency, sizeof response->emergency,
             "{\"message\":\"%s\",\"errorCode\":\"%s\",\"time\":\"%s\",\"stackTrace\":\"\"}", message,
             itg_error_code(ITG_E_INTERNAL), time);
}

static bool has_header(const itg_imi_response_t *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (strcmp(response->headers[i].name, name) == 0)
            return true;
    return false;
}

void itg__imi_response_fail(const struct itg__answers *answers, itg_imi_response_t *response,
                            const itg_failure_t *failure, int32_t status)
{
    if (itg__imi_response_is_last_resort(response))
        return;
    itg__imi_response_drop_body(response);
    response->status = status ? status : itg_error_http_status(failure->code);
    if (failure->code == ITG_E_NO_AUTHENTICATION || failure->code == ITG_E_INVALID_CREDENTIALS ||
        (answers->challenge && response->status == 401))
        itg__imi_response_header_add(response, "WWW-Authenticate", "%s",
                                     answers->challenge ? answers->challenge : "Basic realm=\"IMI\"");
    if (failure->code == ITG_E_NOT_AVAILABLE && !has_header(response, "Retry-After"))
        itg__imi_response_header_add(response, "Retry-After", "5");
    put_failure(&response->body, failure, answers->hide_trace);
    if (!response->body.failed)
        return;
    itg__imi_response_drop_body(response);
    make_emergency(response, failure);
}

itg_imi_response_t *itg__imi_response_refuse(struct itg__answers *answers, itg_error_t error, int32_t status,
                                             const char *operation)
{
    itg_failure_t failure = {0};
    itg_imi_response_t *response = itg__imi_response_new(answers);
    itg__fail(&failure, error, NULL);
    itg__trace(&failure, operation);
    itg__imi_response_fail(answers, response, &failure, status);
    return response;
}

int32_t itg_imi_response_status(const itg_imi_response_t *response)
{
    return response ? response->status : 500;
}

int32_t itg_imi_response_header(const itg_imi_response_t *response, size_t index, const char **ret_name,
                                const char **ret_value)
{
    if (!response || index >= response->header_count)
        return 0;
    if (ret_name)
        *ret_name = response->headers[index].name;
    if (ret_value)
        *ret_value = response->headers[index].value;
    return 1;
}

/* The bytes that have been made. */
static const char *made(const itg_imi_response_t *response, size_t *ret_length)
{
    bool emergency = response->emergency[0] != '\0';
    *ret_length = emergency ? strlen(response->emergency) : response->body.length;
    return emergency ? response->emergency : response->body.data;
}

int64_t itg_imi_response_size(const itg_imi_response_t *response)
{
    size_t length = 0;
    if (!response)
        return 0;
    if (response->list || response->broken)
        return -1;
    made(response, &length);
    return (int64_t)length;
}

/* Replaces a piece that has been read to its end by the next one, until one has something in it. */
static itg_error_t refill(itg_imi_response_t *response)
{
    itg_error_t err = ITG_OK;
    while (!err && response->list && response->taken == response->body.length) {
        response->taken = 0;
        response->body.length = 0;
        itg_failure_t failure = {0};
        err = itg__imi_list_fill(response, &failure);
        if (err)
            itg__imi_log(response->list->itg, "itg_imi_response_read", &failure);
    }
    return err;
}

int64_t itg_imi_response_read(itg_imi_response_t *response, char *buf, size_t size)
{
    if (!response || itg__imi_response_is_last_resort(response))
        return 0;
    if (!buf || response->broken)
        return -1;
    if (refill(response)) {
        itg__imi_response_drop_body(response);
        response->broken = true;
        return -1;
    }
    size_t length;
    const char *bytes = made(response, &length);
    size_t n = length - response->taken < size ? length - response->taken : size;
    if (n == 0)
        return 0;
    memcpy(buf, bytes + response->taken, n);
    response->taken += n;
    return (int64_t)n;
}

void itg_imi_response_free(itg_imi_response_t *response)
{
    if (!response || itg__imi_response_is_last_resort(response))
        return;
    itg__imi_response_drop_body(response);
    if (!response->spare) {
        free(response);
        return;
    }
    response->header_count = 0;
    response->broken = false;
    atomic_store(&response->in_use, false);
}
