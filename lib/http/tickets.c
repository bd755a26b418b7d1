/* TLS session tickets, which libmicrohttpd does not offer. Thin clients that come once a minute resume their session
 * with one, which spares both sides the certificate's signature.
 *
 * One key for all lanes, because a client comes back to any of them. GnuTLS derives from it the keys it seals with,
 * new ones every few hours, and accepts those of the time before. */
#include "http/host.h"

itg_error_t itg__http_tickets_init(itg_http_t *http, itg_failure_t *failure)
{
    int rc = gnutls_session_ticket_key_generate(&http->ticket_key);
    if (rc < 0)
        return itg__http_fail(failure, ITG_E_INTERNAL, "cannot make a key for TLS sessions",
                              gnutls_strerror(rc));
    return ITG_OK;
}

void itg__http_tickets_offer(itg_http_t *http, gnutls_session_t session)
{
    if (http->ticket_key.data)
        (void)gnutls_session_ticket_enable_server(session, &http->ticket_key);
}

void itg__http_tickets_dispose(itg_http_t *http)
{
    if (!http->ticket_key.data)
        return;
    gnutls_memset(http->ticket_key.data, 0, http->ticket_key.size);
    gnutls_free(http->ticket_key.data);
    http->ticket_key.data = NULL;
}
