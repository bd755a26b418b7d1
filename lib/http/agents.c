/* Requests of thin clients: answered like others, but a check-in may wait for work, without a thread. */
#include "http/host.h"

static void answer(struct itg__request *req, itg_imi_response_t *response)
{
    itg__http_keep(req, response);
    itg__http_resume(req);
}

static void finish(struct itg__request *req)
{
    itg_http_t *http = req->lane->http;
    itg_imi_response_t *response = itg_agents_finish(http->agents, req->wait);
    itg__http_waiters_leave(&http->waiters);
    answer(req, response);
}

static void begin(struct itg__request *req)
{
    itg_http_t *http = req->lane->http;
    req->imi.body = req->body;
    req->imi.body_size = req->body_size;
    bool seated = !atomic_load(&http->stopping) && itg__http_waiters_sit(&http->waiters);
    itg_agents_wait_t *wait = NULL;
    itg_imi_response_t *response =
        itg_agents_handle(http->agents, &req->imi, seated ? itg__http_waiters_wake : NULL, req, &wait);
    itg__http_body_free(req);
    if (response) {
        if (seated)
            itg__http_waiters_leave(&http->waiters);
        answer(req, response);
    } else if (!itg__http_waiters_park(req, wait)) {
        finish(req);
    }
}

void itg__http_agent_run(struct itg__request *req, bool closing)
{
    if (req->wait)
        finish(req);
    else if (closing)
        answer(req, itg__http_busy(req));
    else
        begin(req);
}
