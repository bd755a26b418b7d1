/* The pin of a server: the SHA-256 of the public key in its certificate, as libcurl writes it, "sha256//<Base64>". */
#ifndef ITG__CLI_AGENT_PIN_H
#define ITG__CLI_AGENT_PIN_H

#include <stdbool.h>
#include <stddef.h>

enum { AGENT_PIN_TEXT_SIZE = 64 };

/* Makes the pin of a certificate in PEM. @return false: it is none; pin is untouched */
bool agent_pin_of(const char *pem, char pin[AGENT_PIN_TEXT_SIZE]);

/* Whether a text has the form of a pin. */
bool agent_pin_ok(const char *text);

#endif
