/* itg serve of a build without libitg-http. */
#include "cli/cli.h"

int cli_serve(struct cli *cli)
{
    (void)cli;
    return cli_refuse("this itg was built without libitg-http and cannot serve");
}
