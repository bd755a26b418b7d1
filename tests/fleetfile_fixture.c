#include "fleetfile_fixture.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t read_source(void *ctx, char *buf, size_t size)
{
    struct source *source = ctx;
    size_t left = source->length - source->pos;
    size_t count = size < left ? size : left;
    if (source->good && ++source->reads > source->good)
        return source->bad;
    if (source->piece && count > source->piece)
        count = source->piece;
    memcpy(buf, source->text + source->pos, count);
    source->pos += count;
    return (int64_t)count;
}

/* What stands at a place of the text, in one piece of *ret_length bytes; 0 at its end. */
static const char *piece_at(const struct repeater *text, size_t *ret_length)
{
    size_t begin = strlen(text->begin), part = strlen(text->part), end = strlen(text->end);
    size_t body = begin + part * text->count;
    if (text->pos < begin) {
        *ret_length = begin - text->pos;
        return text->begin + text->pos;
    }
    if (text->pos < body) {
        size_t offset = (text->pos - begin) % part;
        *ret_length = part - offset;
        return text->part + offset;
    }
    *ret_length = body + end - text->pos;
    return text->end + (text->pos - body);
}

int64_t read_repeated(void *ctx, char *buf, size_t size)
{
    struct repeater *text = ctx;
    size_t done = 0, length = 0;
    while (done < size) {
        const char *piece = piece_at(text, &length);
        size_t count = length < size - done ? length : size - done;
        if (count == 0)
            break;
        memcpy(buf + done, piece, count);
        done += count;
        text->pos += count;
    }
    return (int64_t)done;
}

itg_error_t import_n(const char *text, size_t length)
{
    struct source source = {.text = text, .length = length};
    return itg_import(fx.itg, read_source, &source, NULL, NULL, NULL, &fx.failure);
}

itg_error_t import(const char *text)
{
    return import_n(text, strlen(text));
}

itg_error_t import_repeated(const char *begin, const char *part, size_t count, const char *end)
{
    struct repeater text = {begin, part, end, count, 0};
    return itg_import(fx.itg, read_repeated, &text, NULL, NULL, NULL, &fx.failure);
}

int32_t swallow(void *ctx, const char *bytes, size_t size)
{
    (void)bytes;
    *(size_t *)ctx += size;
    return 0;
}

char *load(const char *name, size_t *ret_length)
{
    const char *data = getenv("ITG_TEST_DATA");
    char path[512];
    snprintf(path, sizeof path, "%s/fleetfile/%s", data ? data : "tests/data", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        ck_abort_msg("%s cannot be opened", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    long length = ftell(file);
    ck_assert_int_ge(length, 0);
    rewind(file);
    char *text = malloc((size_t)length + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, (size_t)length, file), (size_t)length);
    text[length] = '\0';
    fclose(file);
    if (ret_length)
        *ret_length = (size_t)length;
    return text;
}

size_t count_files(const char *name)
{
    const char *data = getenv("ITG_TEST_DATA");
    char path[512];
    size_t count = 0;
    snprintf(path, sizeof path, "%s/fleetfile/%s", data ? data : "tests/data", name);
    DIR *dir = opendir(path);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        count += strstr(entry->d_name, ".json") != NULL;
    closedir(dir);
    return count;
}

void load_and_import(const char *name)
{
    size_t length = 0;
    char *text = load(name, &length);
    assert_ok(import_n(text, length));
    free(text);
}

void reopen(void)
{
    itg_options_t options = fixture_options();
    itg_close(fx.itg);
    fx.itg = NULL;
    assert_ok(itg_open(":memory:", &options, &fx.itg, &fx.failure));
}

char *fleet_of(const char *name)
{
    reopen();
    load_and_import(name);
    fixture_assert_sound(fx.itg);
    return fixture_fingerprint(fx.itg);
}

void assert_round_trip(void)
{
    char *first = fixture_fingerprint(fx.itg);
    reopen();
    assert_ok(import(first));
    char *second = fixture_fingerprint(fx.itg);
    ck_assert_str_eq(first, second);
    fixture_assert_sound(fx.itg);
    free(first);
    free(second);
}

void assert_message(const char *beginning, const char *what)
{
    if (strncmp(fx.failure.message, beginning, strlen(beginning)) != 0)
        ck_abort_msg("%s\n  says:    %s\n  not: %s...", what, fx.failure.message, beginning);
}
