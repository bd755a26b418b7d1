/* Jobs in words. */
#ifndef ITG__CLI_JOB_H
#define ITG__CLI_JOB_H

#include "cli/cli.h"

/* Room for any of the texts. */
enum { CLI_JOB_WORDS_SIZE = 48 };

/* Read the value of an option; a wrong one is reported. @return an exit status */
int cli_job_time(const struct cli *cli, const char *option, const char *text, int64_t *ret_ms);
int cli_job_every(const struct cli *cli, const char *text, int64_t *ret_seconds);
int cli_job_duration(const struct cli *cli, const char *option, const char *text, int64_t *ret_seconds);
int cli_job_weekdays(const struct cli *cli, const char *text, uint32_t *ret_weekdays);

/* "2026-12-01 03:00", with seconds if asked for; "" for 0. */
void cli_job_time_text(int64_t ms, bool seconds, char text[CLI_JOB_WORDS_SIZE]);
/* "every 1d", "mon-fri"; "" for a job that does not repeat. */
void cli_job_repeat_text(const itg_job_t *job, char text[CLI_JOB_WORDS_SIZE]);

#endif
