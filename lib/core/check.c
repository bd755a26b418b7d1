#include "core/listing.h"
#include <inttypes.h>
#include <stdio.h>

/* The domain's rules that the store's own checks do not know. Each query gives the ids of the faulty rows. */
static const struct rule {
    const char *finding; /* behind "object <id>: " */
    const char *sql;
} rules[] = {
    {"its type is unknown", "SELECT id FROM object WHERE type NOT BETWEEN 1 AND 6"},
    {"it has no parent and is no root",
     "SELECT id FROM object WHERE parent_id IS NULL AND id NOT IN (-1, -2, -14)"},
    {"a root is missing",
     "SELECT r.id FROM (SELECT -1 AS id, 2 AS type UNION ALL SELECT -2, 4 UNION ALL SELECT -14, 6) r"
     " LEFT JOIN object o ON o.id = r.id AND o.type = r.type AND o.parent_id IS NULL AND o.bin_id IS NULL"
     " WHERE o.id IS NULL"},
    /* Thin clients (1) live in directories of type 2, profiles (3) of type 4, master profiles (5) of type 6.
     */
    {"its parent is not a directory of its tree",
     "SELECT o.id FROM object o LEFT JOIN object p ON p.id = o.parent_id"
     " WHERE o.parent_id IS NOT NULL AND (p.id IS NULL OR p.type <> o.type + o.type % 2)"},
    {"it does not hang on a root",
     "WITH RECURSIVE down(id) AS (SELECT id FROM object WHERE id IN (-1, -2, -14) UNION"
     " SELECT o.id FROM down JOIN object o ON o.parent_id = down.id)"
     " SELECT id FROM object WHERE id NOT IN (SELECT id FROM down)"},
    {"it is not in the recycle bin, but its directory is",
     "SELECT o.id FROM object o JOIN object p ON p.id = o.parent_id"
     " WHERE o.bin_id IS NULL AND p.bin_id IS NOT NULL"},
    {"it is in the recycle bin with something that is not an item there",
     "SELECT o.id FROM object o LEFT JOIN object b ON b.id = o.bin_id"
     " WHERE o.bin_id IS NOT NULL AND (b.id IS NULL OR b.bin_id IS NULL OR b.bin_id <> b.id)"},
    {"it has no row of its type", "SELECT id FROM object WHERE parent_id IS NOT NULL"
                                  " AND (type = 1 AND id NOT IN (SELECT id FROM thinclient)"
                                  " OR type IN (2, 4, 6) AND id NOT IN (SELECT id FROM directory)"
                                  " OR type IN (3, 5) AND id NOT IN (SELECT id FROM profile))"},
    {"it has a row of another type",
     "SELECT t.id FROM thinclient t LEFT JOIN object o ON o.id = t.id AND o.type = 1 WHERE o.id IS NULL "
     "UNION ALL"
     " SELECT d.id FROM directory d LEFT JOIN object o ON o.id = d.id AND o.type = d.type WHERE o.id IS NULL "
     "UNION ALL"
     " SELECT p.id FROM profile p LEFT JOIN object o ON o.id = p.id AND o.type = p.type WHERE o.id IS NULL"},
    {"it is assigned to something that receives no assignments",
     "SELECT a.assignee_id FROM assignment a LEFT JOIN object o"
     " ON o.id = a.receiver_id AND o.type IN (1, 2) AND o.parent_id IS NOT NULL WHERE o.id IS NULL"},
    {"the rule does not hang on the top",
     "WITH RECURSIVE down(id) AS (SELECT id FROM rule WHERE parent_id = 0 UNION"
     " SELECT r.id FROM down JOIN rule r ON r.parent_id = down.id)"
     " SELECT id FROM rule WHERE id NOT IN (SELECT id FROM down)"},
    {"the rule's position is not its place among its siblings",
     "SELECT r.id FROM rule r WHERE r.position <> (SELECT count(*) FROM rule s"
     " WHERE s.parent_id = r.parent_id AND s.position < r.position)"},
    {"the rule's target is no thin client directory",
     "SELECT r.id FROM rule r LEFT JOIN object o ON o.id = r.target_id AND o.type = 2"
     " WHERE r.target_id IS NOT NULL AND o.id IS NULL"},
    {"the sequence of ids is behind the view or rule",
     "SELECT id FROM (SELECT id FROM view UNION ALL SELECT id FROM rule) named"
     " WHERE id > (SELECT value FROM sequence WHERE name = 'object')"},
    {"the sequence of ids is behind it",
     "SELECT id FROM object WHERE id > (SELECT value FROM sequence WHERE name = 'object')"},
    {"the sequence of firmwares is behind it",
     "SELECT id FROM firmware WHERE id > (SELECT value FROM sequence WHERE name = 'firmware')"},
    {"the sequence of ids is behind what is no object",
     "SELECT id FROM (SELECT id FROM attribute UNION ALL SELECT id FROM asset UNION ALL SELECT id FROM "
     "category"
     " UNION ALL SELECT id FROM template_key UNION ALL SELECT id FROM template_value) WHERE id > (SELECT "
     "value FROM sequence WHERE name = 'object')"},
    {"its id is used twice",
     "SELECT id FROM (SELECT id FROM object UNION ALL SELECT id FROM attribute UNION ALL SELECT id FROM asset"
     " UNION ALL SELECT id FROM category UNION ALL SELECT id FROM template_key"
     " UNION ALL SELECT id FROM template_value) GROUP BY id HAVING count(*) > 1"},
    {"the definition of a device attribute is not valid",
     "SELECT id FROM attribute WHERE id < 1 OR type NOT BETWEEN 1 AND 4 OR overwrite NOT BETWEEN 1 AND 3"
     " OR (type = 4) <> EXISTS (SELECT 1 FROM attribute_choice c WHERE c.attribute_id = attribute.id)"},
    {"it has a value that its range does not allow",
     "SELECT v.attribute_id FROM attribute_value v JOIN attribute a ON a.id = v.attribute_id AND a.type = 4"
     " LEFT JOIN attribute_choice c ON c.attribute_id = v.attribute_id AND c.value = v.value"
     " WHERE c.value IS NULL"},
    {"a login of it has a result or a kind that is unknown",
     "SELECT thinclient_id FROM login_history WHERE result NOT BETWEEN 0 AND 6 OR type NOT BETWEEN 0 AND 3"},
    {"the asset is on a thin client that is not there",
     "SELECT a.id FROM asset a LEFT JOIN thinclient t ON t.id = a.thinclient_id"
     " WHERE a.thinclient_id <> -1 AND t.id IS NULL"},
    {"the category has no asset",
     "SELECT id FROM category WHERE id NOT IN (SELECT category_id FROM asset_category)"},
    {"the template key does not hang on the root",
     "WITH RECURSIVE down(id) AS (SELECT id FROM template_key WHERE parent_id = -15 UNION"
     " SELECT k.id FROM down JOIN template_key k ON k.parent_id = down.id)"
     " SELECT id FROM template_key WHERE id NOT IN (SELECT id FROM down)"},
    {"the type of the template key is unknown", "SELECT id FROM template_key WHERE type NOT BETWEEN 1 AND 4"},
    {"a template value is assigned that is none of its key",
     "SELECT a.receiver_id FROM template_assignment a JOIN template_value v ON v.id = a.value_id"
     " WHERE v.key_id <> a.key_id"},
    {"it has template values and is nothing that receives some",
     "SELECT a.receiver_id FROM template_assignment a LEFT JOIN object o"
     " ON o.id = a.receiver_id AND o.type IN (1, 2) AND o.parent_id IS NOT NULL WHERE o.id IS NULL"},
    {"the sequence of revisions is behind it",
     "SELECT object_id FROM revision WHERE value > (SELECT value FROM sequence WHERE name = 'revision')"
     " UNION ALL SELECT thinclient_id FROM confirmation"
     " WHERE value > (SELECT value FROM sequence WHERE name = 'revision')"},
    {"the sequence of the assets' history is behind it",
     "SELECT id FROM asset_history WHERE id > (SELECT value FROM sequence WHERE name = 'assethistory')"},
    {"the job's target is no thin client and no directory of theirs",
     "SELECT t.job_id FROM job_target t LEFT JOIN object o ON o.id = t.object_id AND o.type IN (1, 2)"
     " WHERE o.id IS NULL"},
    {"the job is disabled and yet due", "SELECT id FROM job WHERE disabled <> 0 AND due IS NOT NULL"},
    {"the job's times contradict each other",
     "SELECT id FROM job WHERE start <= 0 OR every < 0 OR every BETWEEN 1 AND 59 OR weekdays NOT BETWEEN 0 "
     "AND 127"
     " OR every > 0 AND weekdays > 0 OR expires > 0 AND (expires <= start OR due >= expires) OR due < start"},
    {"the sequence of ids is behind the job",
     "SELECT id FROM job WHERE id > (SELECT value FROM sequence WHERE name = 'object')"},
    {"the sequence of runs is behind it",
     "SELECT id FROM job_run WHERE id > (SELECT value FROM sequence WHERE name = 'jobrun')"},
    {"the state of the run is unknown", "SELECT id FROM job_run WHERE state NOT BETWEEN 1 AND 5"},
    {"the access entry is about what is no directory",
     "SELECT e.directory_id FROM access_entry e LEFT JOIN object o ON o.id = e.directory_id AND o.type IN "
     "(2, 4, 6)"
     " WHERE o.id IS NULL"},
    {"the access entry is of nobody, or says nothing that is a right",
     "SELECT e.directory_id FROM access_entry e WHERE e.subject_id NOT IN (SELECT id FROM account UNION ALL"
     " SELECT id FROM account_group) OR e.allow NOT BETWEEN 0 AND 255 OR e.deny NOT BETWEEN 0 AND 255"
     " OR e.allow + e.deny = 0"},
    {"the user or group has an id that the sequence is behind, or that is used twice",
     "SELECT id FROM (SELECT id FROM account UNION ALL SELECT id FROM account_group) subject GROUP BY id"
     " HAVING count(*) > 1 OR id > (SELECT value FROM sequence WHERE name = 'account')"},
    {"the sequence of commands is behind one of its commands",
     "SELECT thinclient_id FROM command WHERE id > (SELECT value FROM sequence WHERE name = 'command')"},
    {"it has a command in a state that does not fit its times",
     "SELECT thinclient_id FROM command WHERE state NOT BETWEEN 1 AND 5 OR command NOT BETWEEN 1 AND 6"
     " OR (state <= 2) <> (ended = 0) OR state = 1 AND sent <> 0 OR state = 2 AND sent = 0"},
    {"the audit entry tells of nothing, or what it tells is no JSON object",
     "SELECT id FROM audit WHERE id < 1 OR operation = '' OR object_type = '' OR before NOT LIKE '{%}'"
     " OR after NOT LIKE '{%}'"},
    {"it has no short form, or one without a thin client",
     "SELECT id FROM thinclient WHERE id NOT IN (SELECT id FROM listing) UNION ALL"
     " SELECT id FROM listing WHERE id NOT IN (SELECT id FROM thinclient)"},
    {"its token is there, but it is not",
     "SELECT k.thinclient_id FROM agent_token k LEFT JOIN thinclient t ON t.id = k.thinclient_id"
     " WHERE k.deleted = 0 AND t.id IS NULL"},
    {"the enrolment key files into no thin client directory",
     "SELECT k.id FROM enrolment_key k LEFT JOIN object o ON o.id = k.directory_id AND o.type = 2 WHERE o.id "
     "IS NULL"},
    {"the MAC is not 12 upper-case hex digits",
     "SELECT id FROM thinclient WHERE length(mac) <> 12 OR ltrim(mac, '0123456789ABCDEF') <> ''"},
};

static itg_error_t apply(struct itg__tx *tx, const struct rule *rule, itg_finding_fn finding, void *ctx,
                         int64_t *findings)
{
    struct itg__query q;
    char text[160];
    itg__query(tx, &q, rule->sql, "");
    while (itg__next(&q)) {
        (*findings)++;
        snprintf(text, sizeof text, "object %" PRId64 ": %s", itg__int(&q, 0), rule->finding);
        if (finding)
            finding(ctx, text);
    }
    return itg__done(&q);
}

itg_error_t itg_check(itg_t *itg, itg_finding_fn finding, void *ctx, int64_t *ret_findings,
                      itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t findings = 0;
    itg_error_t err = itg__need(ret_findings != NULL, "ret_findings", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = tx.fleet->engine->check(tx.connection->handle, finding, ctx, &findings, failure);
    for (size_t i = 0; !err && i < sizeof rules / sizeof *rules; i++)
        err = apply(&tx, &rules[i], finding, ctx, &findings);
    if (!err)
        err = itg__listing_check(&tx, finding, ctx, &findings);
    err = itg__end(&tx, err);
    if (!err)
        *ret_findings = findings;
    return err;
}
