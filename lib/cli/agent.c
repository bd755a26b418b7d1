/* itg agent: its options. */
#include "cli/agent/agent.h"
#include "cli/cli.h"
#include "cli/file.h"
#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_MAX = 255, FILE_MAX = 4096 };

/* "https://host:port", a slash at its end allowed, and nothing behind. *ret_server is the caller's to free. */
static int read_server(const struct cli *cli, char **ret_server)
{
    static const char scheme[] = "https://";
    const char *url = cli->values.server;
    if (!url)
        return cli_usage(cli, "--server is missing");
    size_t length = strlen(url);
    if (length > 0 && url[length - 1] == '/')
        length--;
    const char *host = url + sizeof scheme - 1;
    if (length < sizeof scheme || length > 512 || strncmp(url, scheme, sizeof scheme - 1) != 0 ||
        strcspn(host, "/?#@ \\") < length - (sizeof scheme - 1))
        return cli_usage(cli, "--server takes https://HOST:PORT, not '%s'", url);
    *ret_server = strndup(url, length);
    return *ret_server ? CLI_OK : cli_refuse("out of memory");
}

/* Where hooks run, relative paths would mean something else. */
static int check_path(const struct cli *cli, const char *option, const char *path)
{
    return !path || path[0] == '/' ? CLI_OK
                                   : cli_usage(cli, "--%s takes an absolute path, not '%s'", option, path);
}

static int read_hook(const struct cli *cli, const char *text, struct agent_config *config)
{
    static const char *const words[] = {"reboot", "shutdown", "tcreset2facdefs"};
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : 0, n = 0;
    while (n < 3 && (strlen(words[n]) != length || strncmp(text, words[n], length) != 0))
        n++;
    if (n == 3)
        return cli_usage(cli, "--hook takes reboot=, shutdown= or tcreset2facdefs=PATH, not '%s'", text);
    for (size_t i = 0; i < config->hook_count; i++)
        if (strcmp(config->hooks[i].word, words[n]) == 0)
            return cli_usage(cli, "there are two hooks for %s", words[n]);
    snprintf(config->hooks[config->hook_count].word, AGENT_WORD_SIZE, "%s", words[n]);
    config->hooks[config->hook_count++].path = equals + 1;
    return check_path(cli, "hook", equals + 1);
}

static int read_hooks(const struct cli *cli, struct agent_config *config)
{
    int status = CLI_OK;
    for (size_t i = 0; !status && i < cli->values.hooks.count; i++)
        status = read_hook(cli, cli->values.hooks.items[i], config);
    return status ? status : check_path(cli, "on-settings", config->on_settings);
}

/* The key; *ret_key, NULL without one, is the caller's to free. */
static int read_key(const struct cli *cli, char **ret_key)
{
    const struct cli_values *values = &cli->values;
    size_t size;
    if (values->enrolment_key && values->key_file)
        return cli_usage(cli, "either --key or --key-file");
    if (!values->enrolment_key && !values->key_file)
        return CLI_OK;
    int status = CLI_OK;
    if (values->key_file)
        status = cli_read_file(values->key_file, FILE_MAX, ret_key, &size, NULL);
    else
        *ret_key = strdup(values->enrolment_key);
    if (status || !*ret_key)
        return status ? status : cli_refuse("out of memory");
    (*ret_key)[strcspn(*ret_key, "\r\n")] = '\0';
    for (const char *at = *ret_key; *at; at++)
        if (!isgraph((unsigned char)*at))
            return cli_refuse(
                "the enrolment key is none: it holds something that is no letter, digit or sign");
    size_t length = strlen(*ret_key);
    return length > 0 && length <= KEY_MAX ? CLI_OK : cli_refuse("the enrolment key is empty or too long");
}

static int check(const struct cli *cli)
{
    const struct cli_values *values = &cli->values;
    if (!values->state)
        return cli_usage(cli, "--state is missing");
    if (values->ca && values->pin)
        return cli_usage(cli, "either --ca or --pin");
    if (values->pin && !agent_pin_ok(values->pin))
        return cli_usage(cli, "--pin takes sha256//BASE64, not '%s'", values->pin);
    if (values->on_settings && !values->settings)
        return cli_usage(cli, "--on-settings needs --settings");
    if (values->ca && access(values->ca, R_OK) != 0)
        return cli_refuse("cannot read %s", values->ca);
    return CLI_OK;
}

int cli_agent(struct cli *cli)
{
    const struct cli_values *values = &cli->values;
    char *server = NULL, *key = NULL;
    struct agent_config config = {.ca = values->ca,
                                  .pin = values->pin,
                                  .state = values->state,
                                  .root = values->root ? values->root : "",
                                  .settings = values->settings,
                                  .on_settings = values->on_settings,
                                  .wait_s = values->wait,
                                  .hook_limit_s = values->hook_timeout,
                                  .once = values->once,
                                  .stay = values->stay};
    int status = check(cli);
    if (!status)
        status = read_hooks(cli, &config);
    if (!status)
        status = read_server(cli, &server);
    if (!status)
        status = read_key(cli, &key);
    config.server = server;
    config.key = key;
    if (!status)
        status = agent_run(&config);
    if (key)
        explicit_bzero(key, strlen(key));
    free(key);
    free(server);
    return status;
}
