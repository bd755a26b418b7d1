#include "cli/certificate.h"
#include "cli/file.h"
#include <errno.h>
#include <itg/http.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEM_MAX = 1 << 20, KEY_MODE = 0600, CERTIFICATE_MODE = 0644 };

void cli_certificate_dispose(struct cli_certificate *certificate)
{
    if (certificate->key)
        sodium_memzero(certificate->key, strlen(certificate->key));
    free(certificate->key);
    free(certificate->certificate);
    *certificate = (struct cli_certificate){0};
}

int cli_certificate_read(const char *certificate_path, const char *key_path, struct cli_certificate *ret)
{
    struct cli_certificate read = {0};
    size_t size = 0;
    int status = cli_read_file(certificate_path, PEM_MAX, &read.certificate, &size, NULL);
    if (!status)
        status = cli_read_file(key_path, PEM_MAX, &read.key, &size, NULL);
    if (status)
        cli_certificate_dispose(&read);
    else
        *ret = read;
    return status;
}

/* Makes a file with its whole content in one step. One that is there is never touched. @return errno */
static int create_file(const char *path, const char *text, mode_t mode)
{
    char *beside = NULL;
    int fd = cli_open_beside(path, &beside);
    if (fd < 0)
        return errno;
    int error = 0;
    if (fchmod(fd, mode) != 0 || !cli_write_all(fd, text, strlen(text)) || fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && !error)
        error = errno;
    if (!error && link(beside, path) != 0)
        error = errno;
    unlink(beside);
    free(beside);
    return error;
}

static int create(const char *path, const char *text, mode_t mode)
{
    int error = create_file(path, text, mode);
    return error ? cli_refuse("cannot make %s: %s", path, strerror(error)) : CLI_OK;
}

static int make(struct cli *cli, const char *host, struct cli_certificate *ret)
{
    struct cli_certificate copy = {0};
    char *certificate = NULL, *key = NULL;
    if (itg_http_make_certificate(host, &certificate, &key, &cli->failure))
        return cli_failed(cli);
    copy.certificate = strdup(certificate);
    copy.key = strdup(key);
    itg_http_free(certificate);
    itg_http_free(key);
    if (copy.certificate && copy.key) {
        *ret = copy;
        return CLI_OK;
    }
    cli_certificate_dispose(&copy);
    return cli_refuse("out of memory");
}

static int make_files(struct cli *cli, const char *host, const char *certificate_path, const char *key_path)
{
    struct cli_certificate made = {0};
    int status = make(cli, host, &made);
    if (!status)
        status = create(key_path, made.key, KEY_MODE);
    if (!status)
        status = create(certificate_path, made.certificate, CERTIFICATE_MODE);
    if (!status)
        cli_sync_directory(key_path);
    cli_certificate_dispose(&made);
    return status;
}

static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 || errno != ENOENT;
}

static int own_files(struct cli *cli, const char *host, const char *certificate_path, const char *key_path,
                     struct cli_certificate *ret)
{
    bool certificate = exists(certificate_path), key = exists(key_path);
    if (certificate != key)
        return cli_refuse("there is %s, but no %s: bring it back, or remove the one that is left to have both"
                          " made anew",
                          certificate ? certificate_path : key_path,
                          certificate ? key_path : certificate_path);
    int status = certificate ? CLI_OK : make_files(cli, host, certificate_path, key_path);
    return status ? status : cli_certificate_read(certificate_path, key_path, ret);
}

int cli_certificate_own(struct cli *cli, const char *host, struct cli_certificate *ret)
{
    const char *database = cli->values.db;
    char *certificate_path = NULL, *key_path = NULL;
    int status = CLI_REFUSED;
    if (strcmp(database, ":memory:") == 0)
        return make(cli, host, ret);
    if (asprintf(&certificate_path, "%s.crt", database) < 0)
        certificate_path = NULL;
    if (asprintf(&key_path, "%s.key", database) < 0)
        key_path = NULL;
    if (certificate_path && key_path)
        status = own_files(cli, host, certificate_path, key_path, ret);
    else
        cli_refuse("out of memory");
    free(certificate_path);
    free(key_path);
    return status;
}
