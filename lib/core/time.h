/* Times as texts: the three forms of properties, in local time. */
#ifndef ITG__TIME_H
#define ITG__TIME_H

#include <itg/thinclient.h>
#include <stdbool.h>

/* Size of a buffer for any of the forms. */
enum { ITG__TIME_SIZE = 32 };

/* Writes a time in the form of a time kind; "" for 0. @return its length */
size_t itg__time_format(itg_kind_t kind, int64_t ms, char text[ITG__TIME_SIZE]);

/* Reads such a text. False if it is not of that form or no date of the calendar from 1970 to 9999. */
bool itg__time_parse(itg_kind_t kind, const char *text, int64_t *ret_ms);

/* How far local time is ahead of UTC at a moment; both in seconds. */
int64_t itg__time_offset(int64_t seconds);

#endif
