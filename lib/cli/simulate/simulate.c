/* itg simulate: options, threads, a line a second, the summary. */
#include "cli/simulate/simulate.h"
#include "cli/agent/http.h"
#include "cli/cli.h"
#include "core/text.h"
#include <curl/curl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    USUAL_INTERVAL_S = 60,  /* what a server says unless it was told otherwise */
    PLAIN_DESCRIPTORS = 64, /* for all but connections */
    POLLING = 1000,         /* connections at once where nobody waits */
    GRACE_MS = 200,
    SHARDS_MAX = 16,
    LINE = 1024
};

struct simulation {
    struct sim_config config;
    struct sim_client *clients;
    struct sim_shard shards[SHARDS_MAX];
    int shard_count;
    atomic_bool stop;
    struct sim_counts before; /* a second ago */
    int64_t began_ms;
};

/* ---- preparation */

static int read_config(const struct cli *cli, struct sim_config *config)
{
    const struct cli_values *values = &cli->values;
    int64_t interval_s = values->interval ? values->interval : USUAL_INTERVAL_S;
    *config = (struct sim_config){.server = values->server ? values->server : "https://127.0.0.1:8443",
                                  .key = values->enrolment_key,
                                  .ca = values->ca,
                                  .thinclients = values->thinclients,
                                  .interval_ms = values->interval * 1000,
                                  .wait_s = values->waits ? 55 : 0,
                                  .events = values->events,
                                  .failures = values->failures,
                                  .work_ms = values->work,
                                  .seed = values->seed,
                                  .fresh = values->no_resume};
    config->ramp_ms = (interval_s < values->seconds / 2 ? interval_s : values->seconds / 2) * 1000;
    if (values->ca && values->pin)
        return cli_usage(cli, "either --ca or --pin");
    if (values->pin && !agent_pin_ok(values->pin))
        return cli_usage(cli, "--pin takes sha256//BASE64, not '%s'", values->pin);
    if (values->pin)
        snprintf(config->pin, sizeof config->pin, "%s", values->pin);
    return CLI_OK;
}

/* As many descriptors as the system allows. @return how many connections there may be */
static int64_t connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return POLLING;
    rlim_t most = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > 1000000 ? 1000000 : limit.rlim_max;
    const struct rlimit raised = {.rlim_cur = most, .rlim_max = limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) != 0)
        most = limit.rlim_cur;
    return most > 2 * PLAIN_DESCRIPTORS ? (int64_t)most - PLAIN_DESCRIPTORS : PLAIN_DESCRIPTORS;
}

static int learn_pin(struct sim_config *config, struct agent_events *events)
{
    char why[AGENT_HTTP_WHY_SIZE] = "";
    const struct agent_http_options options = {.server = config->server, .ca = config->ca, .events = events};
    struct agent_http *http = agent_http_new(&options);
    if (!http)
        return cli_refuse("out of memory");
    enum agent_http_result result = AGENT_HTTP_OK;
    if (!config->ca && !*config->pin)
        result = agent_http_learn(http, config->pin, why);
    agent_http_free(http);
    if (result == AGENT_HTTP_INTERRUPTED)
        return cli_refuse("interrupted");
    return result == AGENT_HTTP_OK ? CLI_OK : cli_refuse("cannot reach %s: %s", config->server, why);
}

static int make_clients(struct simulation *sim, int shards)
{
    const struct sim_config *config = &sim->config;
    int64_t now_ms = agent_now_ms(), most = connections(), first = 0;
    if (config->wait_s == 0 && most > POLLING)
        most = POLLING;
    if (config->wait_s > 0 && most < config->thinclients)
        return cli_refuse(
            "%lld thin clients that wait take as many descriptors, the system allows %lld (ulimit -Hn)",
            (long long)config->thinclients, (long long)most);
    sim->config.settled_ms = now_ms + config->ramp_ms;
    sim->clients = calloc((size_t)config->thinclients, sizeof *sim->clients);
    if (!sim->clients)
        return cli_refuse("out of memory");
    for (int64_t i = 0; i < config->thinclients; i++)
        sim_client_init(&sim->clients[i], config, i, now_ms);
    for (int i = 0; i < shards; i++) {
        struct sim_shard *shard = &sim->shards[i];
        int64_t end = config->thinclients * (i + 1) / shards;
        *shard = (struct sim_shard){.config = config, .clients = &sim->clients[first], .count = end - first};
        shard->in_flight_max = most / shards + 1;
        shard->stop = &sim->stop;
        pthread_mutex_init(&shard->lock, NULL);
        first = end;
    }
    return CLI_OK;
}

/* ---- while it runs */

static struct sim_counts *total(struct simulation *sim, struct sim_counts *sum)
{
    *sum = (struct sim_counts){0};
    for (int i = 0; i < sim->shard_count; i++) {
        pthread_mutex_lock(&sim->shards[i].lock);
        sim_counts_merge(sum, &sim->shards[i].counts);
        pthread_mutex_unlock(&sim->shards[i].lock);
    }
    return sum;
}

static void say_line(struct simulation *sim)
{
    struct sim_counts now;
    total(sim, &now);
    fprintf(stderr,
            "%4" PRId64 " s  online %" PRId64 "  registered %" PRId64 " (+%" PRId64 ")  check-ins %" PRId64
            " (+%" PRId64 ")  commands %" PRId64 ", confirmed %" PRId64 "  failures %" PRId64
            "  p50 %.1f p99 %.1f ms\n",
            (agent_now_ms() - sim->began_ms) / 1000, now.online, now.registered,
            now.registered - sim->before.registered, now.checkins, now.checkins - sim->before.checkins,
            now.commands, now.confirmed, sim_counts_failures(&now), sim_times_at(&now.answers, 500),
            sim_times_at(&now.answers, 990));
    sim->before = now;
}

static bool any_fault(struct simulation *sim)
{
    for (int i = 0; i < sim->shard_count; i++)
        if (sim->shards[i].fault)
            return true;
    return false;
}

static int run(struct simulation *sim, const struct cli *cli, int shards, struct agent_events *events)
{
    bool lines = isatty(STDERR_FILENO) && !cli->values.json;
    int status = CLI_OK;
    sim->began_ms = agent_now_ms();
    int64_t end_ms = sim->began_ms + cli->values.seconds * 1000;
    for (; !status && sim->shard_count < shards; sim->shard_count++)
        if (pthread_create(&sim->shards[sim->shard_count].thread, NULL, sim_shard_run,
                           &sim->shards[sim->shard_count]) != 0) {
            status = cli_refuse("cannot make a thread");
            break;
        }
    while (!status && !events->stop && agent_now_ms() < end_ms) {
        int64_t left_ms = end_ms - agent_now_ms();
        agent_events_sleep(events, left_ms < 1000 ? left_ms : 1000);
        if (lines)
            say_line(sim);
    }
    atomic_store(&sim->stop, true);
    for (int i = 0; i < sim->shard_count; i++)
        pthread_join(sim->shards[i].thread, NULL);
    return !status && any_fault(sim) ? cli_refuse("out of memory or descriptors") : status;
}

/* ---- the summary */

static void put_number(struct itg__buf *out, const char *key, int64_t value)
{
    itg__buf_json(out, key);
    itg__buf_char(out, ':');
    itg__buf_int(out, value);
    itg__buf_char(out, ',');
}

static const struct {
    const char *key;
    int per_mille;
} percentiles[] = {{"p50", 500}, {"p95", 950}, {"p99", 990}, {"max", 1000}};
enum { PERCENTILES = sizeof percentiles / sizeof *percentiles };

static void put_times(struct itg__buf *out, const char *key, const struct sim_times *times)
{
    char text[64];
    itg__buf_json(out, key);
    itg__buf_str(out, ":{");
    for (size_t i = 0; i < PERCENTILES; i++) {
        snprintf(text, sizeof text, "%s\"%s\":%.2f", i ? "," : "", percentiles[i].key,
                 sim_times_at(times, percentiles[i].per_mille));
        itg__buf_str(out, text);
    }
    itg__buf_str(out, "},");
}

static void put_causes(struct itg__buf *out, const struct sim_counts *counts)
{
    itg__buf_str(out, "\"failures\":{");
    for (size_t i = 0; i < SIM_CAUSES && counts->causes[i].count; i++) {
        itg__buf_str(out, i ? "," : "");
        itg__buf_json(out, counts->causes[i].cause);
        itg__buf_char(out, ':');
        itg__buf_int(out, counts->causes[i].count);
    }
    itg__buf_str(out, "}");
}

static int say_json(const struct simulation *sim, const struct sim_counts *counts)
{
    struct itg__buf out = {0};
    itg__buf_char(&out, '{');
    put_number(&out, "thinclients", sim->config.thinclients);
    put_number(&out, "milliseconds", agent_now_ms() - sim->began_ms);
    put_number(&out, "online", counts->online);
    put_number(&out, "registered", counts->registered);
    put_number(&out, "checkIns", counts->checkins);
    put_number(&out, "waited", counts->waited);
    put_number(&out, "reports", counts->reports);
    put_number(&out, "goodbyes", counts->byes);
    put_number(&out, "left", counts->left);
    put_number(&out, "commands", counts->commands);
    put_number(&out, "confirmed", counts->confirmed);
    put_number(&out, "failed", counts->failed);
    put_number(&out, "settings", counts->settings);
    put_number(&out, "handshakesFull", counts->full);
    put_number(&out, "handshakesResumed", counts->resumed);
    put_number(&out, "lateMs", counts->late_ms);
    put_times(&out, "registrationMs", &counts->registrations);
    put_times(&out, "checkInMs", &counts->answers);
    put_causes(&out, counts);
    itg__buf_str(&out, "}\n");
    bool ok = !out.failed && fwrite(out.data, 1, out.length, stdout) == out.length && fflush(stdout) == 0;
    itg__buf_dispose(&out);
    return cli_written(ok);
}

static void say_times(const char *what, const struct sim_times *times)
{
    if (!times->count)
        return;
    printf("%-22s", what);
    for (size_t i = 0; i < PERCENTILES; i++)
        printf(" %s %.1f ms", percentiles[i].key, sim_times_at(times, percentiles[i].per_mille));
    putchar('\n');
}

static int say_text(const struct simulation *sim, const struct sim_counts *counts)
{
    double seconds = (double)(agent_now_ms() - sim->began_ms) / 1000;
    printf("%-22s %" PRId64 " for %.0f s, %" PRId64 " online, %" PRId64 " left the fleet\n", "thin clients",
           sim->config.thinclients, seconds, counts->online, counts->left);
    printf("%-22s %" PRId64 "\n", "registrations", counts->registered);
    printf("%-22s %" PRId64 " (%.0f/s), %" PRId64 " with a report, %" PRId64 " waited\n", "check-ins",
           counts->checkins, (double)counts->checkins / (seconds > 0 ? seconds : 1), counts->reports,
           counts->waited);
    printf("%-22s %" PRId64 " got, %" PRId64 " confirmed, %" PRId64 " failed\n", "commands", counts->commands,
           counts->confirmed, counts->failed);
    printf("%-22s %" PRId64 " full, %" PRId64 " resumed\n", "TLS handshakes", counts->full, counts->resumed);
    say_times("time to register", &counts->registrations);
    say_times("time to check in", &counts->answers);
    for (size_t i = 0; i < SIM_CAUSES && counts->causes[i].count; i++)
        printf("%-22s %" PRId64 " x %s\n", i ? "" : "failures", counts->causes[i].count,
               counts->causes[i].cause);
    return cli_written(fflush(stdout) == 0);
}

static int simulate(struct simulation *sim, struct cli *cli, struct agent_events *events)
{
    struct sim_counts counts;
    int shards = (int)cli->values.threads;
    if (shards > sim->config.thinclients)
        shards = (int)sim->config.thinclients;
    int status = learn_pin(&sim->config, events);
    if (!status)
        status = make_clients(sim, shards);
    if (!status)
        status = run(sim, cli, shards, events);
    if (status)
        return status;
    total(sim, &counts);
    return cli->values.json ? say_json(sim, &counts) : say_text(sim, &counts);
}

int cli_simulate(struct cli *cli)
{
    static struct simulation sim; /* with its counts too large for a stack */
    struct agent_events events;
    int status = read_config(cli, &sim.config);
    if (status)
        return status;
    if (!agent_events_open(&events))
        return cli_refuse("cannot wait for signals");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        status = cli_refuse("cannot begin with libcurl");
    if (!status)
        status = simulate(&sim, cli, &events);
    for (int64_t i = 0; sim.clients && i < sim.config.thinclients; i++)
        sim_client_dispose(&sim.clients[i]);
    free(sim.clients);
    curl_global_cleanup();
    agent_events_close(&events);
    return status;
}
