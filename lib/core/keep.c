#include "core/core.h"
#include <stdlib.h>
#include <string.h>

static const char *text_at(const void *row, size_t offset)
{
    const char *text = NULL;
    memcpy(&text, (const char *)row + offset, sizeof text);
    return text;
}

static size_t size_of_texts(const void *row, const struct itg__shape *shape)
{
    size_t size = 0;
    for (size_t i = 0; i < shape->count; i++)
        if (shape->texts[i] != ITG__NOWHERE)
            size += strlen(text_at(row, shape->texts[i])) + 1;
    return size;
}

void *itg__keep(struct itg__query *q, const void *row, const struct itg__shape *shape, size_t room)
{
    char *own = q->err ? NULL : malloc(shape->size + room + size_of_texts(row, shape));
    if (!own && !q->err)
        q->err = itg__fail(q->tx->failure, ITG_E_INTERNAL, NULL);
    if (!own)
        return NULL;
    memcpy(own, row, shape->size);
    char *end = own + shape->size + room;
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->texts[i] == ITG__NOWHERE)
            continue;
        const char *text = text_at(row, shape->texts[i]);
        size_t length = strlen(text) + 1;
        memcpy(own + shape->texts[i], &end, sizeof end);
        memcpy(end, text, length);
        end += length;
    }
    return own;
}
