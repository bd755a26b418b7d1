#include "cli/cli.h"
#include <ctype.h>
#include <string.h>

/* Longest word that is looked at; nobody means a longer one. */
enum { WORD_MAX = 40 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* How many letters have to be put in, left out, changed, or swapped with their neighbour. */
static int distance(const char *a, const char *b)
{
    int rows[3][WORD_MAX + 1];
    int *before = rows[0], *last = rows[1], *row = rows[2];
    size_t rows_count = strlen(a), columns = strlen(b);
    for (size_t j = 0; j <= columns; j++)
        last[j] = (int)j;
    for (size_t i = 1; i <= rows_count; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= columns; j++) {
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + !same(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        int *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[columns];
}

const char *cli_suggest(const char *word, const char *(*at)(const void *ctx, size_t index), const void *ctx)
{
    size_t length = strlen(word);
    if (length == 0 || length > WORD_MAX)
        return NULL;
    const char *best = NULL;
    /* Worth naming if no more than a third of it is wrong. */
    int best_distance = (int)(length + 2) / 3 + 1;
    const char *candidate = at(ctx, 0);
    for (size_t i = 1; candidate; candidate = at(ctx, i++)) {
        int d = strlen(candidate) > WORD_MAX ? best_distance : distance(word, candidate);
        if (d < best_distance) {
            best = candidate;
            best_distance = d;
        }
    }
    return best;
}
