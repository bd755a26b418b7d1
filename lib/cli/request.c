/* itg request: one request to the IMI interface, in this process. */
#include "cli/cli.h"
#include "cli/file.h"
#include <itg/imi.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than any error body, which is kept for the message. */
enum { KEPT_MAX = 16 * 1024 };

#define BASE "umsapi"

/* What the command was asked to ask. */
struct question {
    struct itg__buf target;
    char *body;
    size_t body_size;
    bool body_too_large;
};

static void dispose(struct question *question)
{
    itg__buf_dispose(&question->target);
    free(question->body);
}

/* Short forms are taken below the current version. */
static void make_target(struct itg__buf *buf, const char *text)
{
    text += strspn(text, "/");
    bool complete = strncmp(text, BASE, strlen(BASE)) == 0 && strchr("/?", text[strlen(BASE)]);
    itg__buf_str(buf, complete ? "/" : "/" BASE "/v3/");
    itg__buf_add(buf, text, strlen(text) + 1);
}

static int read_body(const struct cli *cli, size_t most, struct question *question)
{
    const struct cli_values *values = &cli->values;
    if (values->body && values->body_file)
        return cli_usage(cli, "either --body or --body-file");
    if (values->body_file)
        return cli_read_file(values->body_file, most, &question->body, &question->body_size,
                             &question->body_too_large);
    if (!values->body)
        return CLI_OK;
    question->body = strdup(values->body);
    if (!question->body)
        return cli_refuse("out of memory");
    question->body_size = strlen(question->body);
    question->body_too_large = question->body_size > most;
    return CLI_OK;
}

static itg_imi_response_t *ask(const struct cli *cli, itg_imi_t *imi, const struct question *question)
{
    itg_imi_request_t request = {
        .size = sizeof request,
        .method = cli->operands[0],
        .target = question->target.data,
        .body = question->body,
        .body_size = question->body_size,
    };
    return question->body_too_large ? itg_imi_refuse_body(imi) : itg_imi_handle(imi, &request);
}

static void print_head(const itg_imi_response_t *response)
{
    const char *name, *value;
    printf("HTTP %d\n", itg_imi_response_status(response));
    for (size_t i = 0; itg_imi_response_header(response, i, &name, &value); i++)
        printf("%s: %s\n", name, value);
    putchar('\n');
}

/* Writes the body as it comes. The beginning of an error's body is kept. */
static int print_body(itg_imi_response_t *response, struct itg__buf *kept)
{
    char chunk[KEPT_MAX], last = '\n';
    int64_t got = itg_imi_response_read(response, chunk, sizeof chunk);
    for (; got > 0; got = itg_imi_response_read(response, chunk, sizeof chunk)) {
        if (fwrite(chunk, 1, (size_t)got, stdout) != (size_t)got)
            return cli_written(false);
        if (itg_imi_response_status(response) != 200 && kept->length < KEPT_MAX)
            itg__buf_add(kept, chunk, (size_t)got);
        last = chunk[got - 1];
    }
    if (last != '\n' && isatty(STDOUT_FILENO))
        putchar('\n');
    int status = cli_written(fflush(stdout) == 0 && !ferror(stdout));
    return got < 0 ? cli_refuse("the answer broke off") : status;
}

/* `itg: ITG-0A001: Thin client ... (HTTP status 404)` */
static int report_refusal(int32_t http_status, const struct itg__buf *kept)
{
    json_t *body = json_loadb(kept->data ? kept->data : "", kept->length, 0, NULL);
    const char *code = json_string_value(json_object_get(body, "errorCode"));
    const char *message = json_string_value(json_object_get(body, "message"));
    int status = cli_refuse("%s%s%s (HTTP status %d)", code ? code : "", code ? ": " : "",
                            message ? message : "refused", http_status);
    json_decref(body);
    return status;
}

static int answer(const struct cli *cli, itg_imi_t *imi, const struct question *question)
{
    struct itg__buf kept = {0};
    itg_imi_response_t *response = ask(cli, imi, question);
    int32_t http_status = itg_imi_response_status(response);
    if (cli->values.include)
        print_head(response);
    int status = print_body(response, &kept);
    if (!status && http_status != 200)
        status = report_refusal(http_status, &kept);
    itg_imi_response_free(response);
    itg__buf_dispose(&kept);
    return status;
}

static int request_as(struct cli *cli, itg_t *itg)
{
    itg_imi_options_t options = {.size = sizeof options, .trusted = 1};
    itg_imi_t *imi = NULL;
    struct question question = {.body = NULL};
    if (itg_imi_new(itg, &options, &imi, &cli->failure))
        return cli_failed(cli);
    make_target(&question.target, cli->operands[1]);
    int status = question.target.failed ? cli_refuse("out of memory") : CLI_OK;
    if (!status)
        status = read_body(cli, itg_imi_max_body(imi), &question);
    if (!status)
        status = answer(cli, imi, &question);
    dispose(&question);
    itg_imi_free(imi);
    return status;
}

int cli_request(struct cli *cli)
{
    itg_t *user = NULL;
    if (!cli->values.user)
        return request_as(cli, cli->itg);
    if (itg_as(cli->itg, cli->values.user, &user, &cli->failure))
        return cli_failed(cli);
    int status = request_as(cli, user);
    itg_close(user);
    return status;
}
