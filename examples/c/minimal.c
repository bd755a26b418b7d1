/* The smallest host: opens a fleet, files a thin client in a directory, lists all thin clients. */
#include <itg/itg.h>
#include <stdio.h>

static int32_t show(void *ctx, const itg_thinclient_t *tc)
{
    (void)ctx;
    printf("%lld  %s  %s\n", (long long)tc->id, tc->mac, tc->name);
    return 0;
}

int main(int argc, char **argv)
{
    itg_failure_t failure = {.code = ITG_OK};
    itg_t *itg = NULL;
    int64_t firmware = 0, directory = 0;
    if (itg_open(argc > 1 ? argv[1] : ":memory:", NULL, &itg, &failure) == ITG_OK) {
        /* The record keeps the first failure: one look at the end is enough. */
        itg_firmware_create(itg, "IGEL OS 11", "11.3.100.1", "LX", &firmware, &failure);
        itg_directory_create(itg, ITG_TYPE_THINCLIENT_DIRECTORY, "Bremen", ITG_ROOT_THINCLIENTS, &directory,
                             &failure);
        char parent[24], runs[24];
        snprintf(parent, sizeof parent, "%lld", (long long)directory);
        snprintf(runs, sizeof runs, "%lld", (long long)firmware);
        itg_value_t values[] = {
            {"mac", "00E0C5080F17"}, {"firmwareID", runs}, {"parentID", parent}, {"site", "Bremen"}};
        itg_thinclient_create(itg, values, sizeof values / sizeof *values, NULL, &failure);
        itg_thinclient_each(itg, ITG_EXTENT_SHORT, 0, show, NULL, &failure);
        itg_close(itg);
    }
    if (failure.code)
        fprintf(stderr, "%s: %s\n", itg_error_code(failure.code), failure.message);
    return failure.code != ITG_OK;
}
