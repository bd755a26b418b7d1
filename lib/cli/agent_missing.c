/* Built without libcurl. */
#include "cli/cli.h"

int cli_agent(struct cli *cli)
{
    (void)cli;
    return cli_refuse("this itg was built without libcurl and cannot be an agent");
}

int cli_simulate(struct cli *cli)
{
    (void)cli;
    return cli_refuse("this itg was built without libcurl and cannot simulate thin clients");
}
