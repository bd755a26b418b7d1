/* The baselines over HTTP: the constant answer, and one SQLite lookup by id written by hand, without login and
 * without routing, both on libmicrohttpd.
 *     bench-host constant|lookup PORT [DATABASE] [CERTIFICATE KEY]
 * The database is one with the table tc11 that bench-core makes. Ends with its standard input. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *database;
static pthread_key_t statements;

static const char constant[] =
    "{\"unitID\":\"00E0C514325B\",\"mac\":\"00E0C514325B\",\"firmwareID\":\"6\",\"lastIP\":\"172.30.92.26\","
    "\"lastUser\":\"\",\"batteryLevel\":0,\"id\":\"95\",\"name\":\"ITC00E0C514325B\",\"parentID\":\"-1\","
    "\"movedToBin\":false,\"objectType\":\"tc\",\"links\":[]}";

static enum MHD_Result answer(struct MHD_Connection *connection, size_t size, const char *body)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "application/json;charset=UTF-8");
    enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

/* One connection and one statement a thread. */
static sqlite3_stmt *statement(void)
{
    sqlite3_stmt *stmt = pthread_getspecific(statements);
    sqlite3 *db;
    if (stmt)
        return stmt;
    if (sqlite3_open_v2(database, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return NULL;
    if (sqlite3_prepare_v2(
            db,
            "SELECT unit_id, mac, firmware_id, last_ip, last_user, battery, id, name, parent_id, in_bin,"
            " type FROM tc11 WHERE id = ?1",
            -1, &stmt, NULL) != SQLITE_OK)
        return NULL;
    pthread_setspecific(statements, stmt);
    return stmt;
}

static const char *text(sqlite3_stmt *stmt, int column)
{
    const char *value = (const char *)sqlite3_column_text(stmt, column);
    return value ? value : "";
}

/* As quick as a careful hand makes it: the texts of the baseline need no escapes. */
static enum MHD_Result lookup(struct MHD_Connection *connection, const char *url)
{
    char body[1024];
    const char *slash = strrchr(url, '/');
    sqlite3_stmt *stmt = statement();
    if (!stmt || !slash)
        return MHD_NO;
    sqlite3_bind_int64(stmt, 1, strtoll(slash + 1, NULL, 10));
    if (sqlite3_step(stmt) != SQLITE_ROW) {
        sqlite3_reset(stmt);
        return answer(connection, 2, "{}");
    }
    int length = snprintf(
        body, sizeof body,
        "{\"unitID\":\"%s\",\"mac\":\"%s\",\"firmwareID\":\"%lld\",\"lastIP\":\"%s\",\"lastUser\":\"%s\","
        "\"batteryLevel\":%d,\"id\":\"%lld\",\"name\":\"%s\",\"parentID\":\"%lld\",\"movedToBin\":%s,"
        "\"objectType\":\"tc\",\"links\":[]}",
        text(stmt, 0), text(stmt, 1), (long long)sqlite3_column_int64(stmt, 2), text(stmt, 3), text(stmt, 4),
        sqlite3_column_int(stmt, 5), (long long)sqlite3_column_int64(stmt, 6), text(stmt, 7),
        (long long)sqlite3_column_int64(stmt, 8), sqlite3_column_int(stmt, 9) ? "true" : "false");
    sqlite3_reset(stmt);
    return answer(connection, (size_t)length, body);
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **state)
{
    (void)ctx, (void)method, (void)version, (void)data;
    static int seen;
    *size = 0;
    if (!*state) {
        *state = &seen;
        return MHD_YES;
    }
    return database ? lookup(connection, url) : answer(connection, sizeof constant - 1, constant);
}

static char *read_file(const char *path)
{
    static char texts[2][32768];
    static int used;
    FILE *file = fopen(path, "r");
    if (!file || used == 2)
        return NULL;
    size_t length = fread(texts[used], 1, sizeof texts[used] - 1, file);
    texts[used][length] = '\0';
    fclose(file);
    return texts[used++];
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    char byte;
    if (argc < 3)
        return 2;
    bool look = strcmp(argv[1], "lookup") == 0;
    database = look && argc > 3 ? argv[3] : NULL;
    int tls = look ? 4 : 3;
    bool secure = argc > tls + 1;
    if (look && !database)
        return 2;
    address.sin_port = htons((uint16_t)atoi(argv[2]));
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    pthread_key_create(&statements, NULL);
    struct MHD_OptionItem secrets[] = {
        {secure ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0, secure ? read_file(argv[tls]) : NULL},
        {secure ? MHD_OPTION_HTTPS_MEM_KEY : MHD_OPTION_END, 0, secure ? read_file(argv[tls + 1]) : NULL},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | (secure ? MHD_USE_TLS : 0u), 0, NULL, NULL,
                         on_request, NULL, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                         MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_ARRAY, secrets, MHD_OPTION_END);
    if (!daemon) {
        fprintf(stderr, "cannot listen on port %s\n", argv[2]);
        return 1;
    }
    puts("ready");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    MHD_stop_daemon(daemon);
    return 0;
}
