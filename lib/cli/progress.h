/* A bar on stderr while something long runs, if stderr is a terminal. */
#ifndef ITG__CLI_PROGRESS_H
#define ITG__CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct cli_progress {
    const char *what; /* "Importing" */
    const char *unit; /* "elements"; of what is counted beside the bar */
    bool shown;
    int64_t started_ms;
    int64_t drawn_ms;
    int64_t elements;
    int64_t bytes;
    int64_t total; /* bytes, or whatever fills the bar; 0: not known */
};

void cli_progress_begin(struct cli_progress *progress, const char *what, int64_t total);
void cli_progress_bytes(struct cli_progress *progress, int64_t more);
void cli_progress_elements(void *progress, int64_t elements); /* an itg_progress_fn */
/* Takes the bar away. @return seconds since the beginning */
double cli_progress_end(struct cli_progress *progress);

#endif
