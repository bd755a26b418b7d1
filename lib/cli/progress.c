#include "cli/progress.h"
#include "cli/output.h"
#include <inttypes.h>
#include <time.h>

enum {
    REDRAW_MS = 100,
    BAR_WIDTH = 30,
    NARROWEST_TERMINAL = 70 /* a bar that wraps is worse than none */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cli_progress_begin(struct cli_progress *progress, const char *what, int64_t total)
{
    int64_t now = now_ms();
    *progress = (struct cli_progress){.what = what,
                                      .unit = "elements",
                                      .shown = cli_terminal_width(stderr) >= NARROWEST_TERMINAL,
                                      .started_ms = now,
                                      .drawn_ms = now,
                                      .total = total};
}

static void draw_bar(const struct cli_progress *progress)
{
    int64_t done = progress->bytes < progress->total ? progress->bytes : progress->total;
    int filled = (int)(done * BAR_WIDTH / progress->total);
    fputs(" [", stderr);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "] %3d%%", (int)(done * 100 / progress->total));
}

static void draw(struct cli_progress *progress)
{
    int64_t now = now_ms();
    if (!progress->shown || now - progress->drawn_ms < REDRAW_MS)
        return;
    progress->drawn_ms = now;
    fprintf(stderr, "\r%s", progress->what);
    if (progress->total > 0)
        draw_bar(progress);
    fprintf(stderr, " %" PRId64 " %s\033[K", progress->elements, progress->unit);
    fflush(stderr);
}

void cli_progress_bytes(struct cli_progress *progress, int64_t more)
{
    progress->bytes += more;
    draw(progress);
}

void cli_progress_elements(void *progress, int64_t elements)
{
    struct cli_progress *self = progress;
    self->elements = elements;
    draw(self);
}

double cli_progress_end(struct cli_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
    return (double)(now_ms() - progress->started_ms) / 1000;
}
