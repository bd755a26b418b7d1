/* Texts from hardware, hooks and files, which may hold anything, made fit for a report. */
#ifndef ITG__CLI_AGENT_CLEAN_H
#define ITG__CLI_AGENT_CLEAN_H

#include <stddef.h>

/* Copies bytes as one line of UTF-8: what is none becomes '?', control characters become blanks, blanks at both ends
 * and in runs go, and what does not fit is cut between characters. Ends at a NUL byte. */
void agent_clean(char *to, size_t size, const char *from, size_t length);

#endif
