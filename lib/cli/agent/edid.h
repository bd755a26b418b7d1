/* What a monitor says about itself: the base block of its EDID. The bytes come from a cable: nothing is taken on trust.
 */
#ifndef ITG__CLI_AGENT_EDID_H
#define ITG__CLI_AGENT_EDID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AGENT_EDID_SIZE = 128 };

struct agent_monitor {
    char vendor[32]; /* its name if it is known, else its three letters */
    char model[14];
    char serial[14];
    char resolution[16]; /* "1920x1080"; "": not said */
    char year[8];
    char week[4];   /* "": not said */
    int size_tenth; /* diagonal, tenths of an inch; 0: not said */
};

/* @return false: no EDID; *monitor is untouched */
bool agent_edid_parse(const uint8_t *bytes, size_t length, struct agent_monitor *monitor);

#endif
