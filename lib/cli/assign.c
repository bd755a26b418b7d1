/* Assigning profiles, from either end: the profile's or the receiver's. */
#include "cli/cli.h"
#include <stdlib.h>

static bool is_profile(itg_type_t type)
{
    return type == ITG_TYPE_PROFILE || type == ITG_TYPE_MASTERPROFILE;
}

/* Ids are unique among all kinds of object, so an id tells which kind is meant. One that fits nothing is left
 * for the assignment to refuse. */
static int read_assignee(struct cli *cli, const char *text, itg_assignment_t *assignment)
{
    itg_profile_t *profile = NULL;
    int status = cli_id(cli, text, &assignment->assignee_id);
    if (status)
        return status;
    itg_error_t err =
        itg_profile_get(cli->itg, ITG_TYPE_MASTERPROFILE, assignment->assignee_id, &profile, NULL);
    assignment->assignee_type = err ? ITG_TYPE_PROFILE : ITG_TYPE_MASTERPROFILE;
    itg_profile_free(profile);
    return CLI_OK;
}

static int read_receiver(struct cli *cli, const char *text, itg_assignment_t *assignment)
{
    itg_object_t *directory = NULL;
    int status = cli_thinclient_id(cli, text, &assignment->receiver_id);
    if (status)
        return status;
    itg_error_t err =
        itg_directory_get(cli->itg, ITG_TYPE_THINCLIENT_DIRECTORY, assignment->receiver_id, &directory, NULL);
    assignment->receiver_type = err ? ITG_TYPE_THINCLIENT : ITG_TYPE_THINCLIENT_DIRECTORY;
    itg_object_free(directory);
    return CLI_OK;
}

/* The end that the first operand names. */
static int read_fixed_end(struct cli *cli, itg_assignment_t *assignment)
{
    itg_type_t type = cli->command->type;
    const char *text = cli->operands[0];
    if (is_profile(type)) {
        assignment->assignee_type = type;
        return cli_id(cli, text, &assignment->assignee_id);
    }
    assignment->receiver_type = type;
    return type == ITG_TYPE_THINCLIENT ? cli_thinclient_id(cli, text, &assignment->receiver_id)
                                       : cli_directory_id(cli, type, text, &assignment->receiver_id);
}

/* One assignment for each operand but the first. The caller frees them. */
static int read_assignments(struct cli *cli, itg_assignment_t **ret_assignments, size_t *ret_count)
{
    size_t count = (size_t)cli->count - 1;
    itg_assignment_t *assignments = calloc(count, sizeof *assignments);
    if (!assignments)
        return cli_refuse("out of memory");
    int status = read_fixed_end(cli, &assignments[0]);
    for (size_t i = 0; i < count && !status; i++) {
        const char *text = cli->operands[i + 1];
        assignments[i] = assignments[0];
        status = is_profile(cli->command->type) ? read_receiver(cli, text, &assignments[i])
                                                : read_assignee(cli, text, &assignments[i]);
    }
    if (status) {
        free(assignments);
        return status;
    }
    *ret_assignments = assignments;
    *ret_count = count;
    return CLI_OK;
}

int cli_assign(struct cli *cli)
{
    itg_assignment_t *assignments = NULL;
    size_t count = 0;
    int status = read_assignments(cli, &assignments, &count);
    if (!status && itg_assignment_create(cli->itg, assignments, count, &cli->failure))
        status = cli_failed(cli);
    free(assignments);
    return status;
}

static itg_error_t delete_all(struct cli *cli, const itg_assignment_t *assignments, size_t count)
{
    itg_error_t err = itg_begin(cli->itg, &cli->failure);
    if (err)
        return err;
    for (size_t i = 0; i < count && !err; i++)
        err = itg_assignment_delete(cli->itg, &assignments[i], &cli->failure);
    return cli_end_group(cli, err);
}

int cli_unassign(struct cli *cli)
{
    itg_assignment_t *assignments = NULL;
    size_t count = 0;
    int status = read_assignments(cli, &assignments, &count);
    if (!status && delete_all(cli, assignments, count))
        status = cli_failed(cli);
    free(assignments);
    return status;
}

struct printer {
    struct cli *cli;
    struct cli_table table;
};

static int32_t print_assignment(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    struct printer *printer = ctx;
    itg_profile_t *profile = NULL;
    itg_error_t err = itg_profile_get(printer->cli->itg, assignment->assignee_type, assignment->assignee_id,
                                      &profile, NULL);
    cli_table_cell_int(&printer->table, position);
    cli_table_cell_int(&printer->table, assignment->assignee_id);
    cli_table_cell(&printer->table, itg_type_name(assignment->assignee_type));
    cli_table_cell(&printer->table, err ? "" : profile->name);
    cli_table_cell_int(&printer->table, assignment->receiver_id);
    cli_table_cell(&printer->table, itg_type_name(assignment->receiver_type));
    itg_profile_free(profile);
    return !cli_table_ok(&printer->table);
}

int cli_assignments(struct cli *cli)
{
    static const struct cli_column columns[] = {
        {"assignmentPosition", CLI_NATIVE}, {"assigneeID", CLI_ID}, {"assigneeType", CLI_STRING},
        {"assigneeName", CLI_STRING},       {"receiverID", CLI_ID}, {"receiverType", CLI_STRING},
    };
    itg_assignment_t receiver = {0};
    struct printer printer = {.cli = cli};
    int status = read_fixed_end(cli, &receiver);
    if (status)
        return status;
    cli_table_begin(&printer.table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_assignment_reaching(cli->itg, receiver.receiver_type, receiver.receiver_id,
                                              print_assignment, &printer, &cli->failure);
    return cli_table_finish(cli, &printer.table, err);
}
