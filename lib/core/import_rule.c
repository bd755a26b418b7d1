/* Default directory rules of a fleet file. What they refer to is looked at when all arrays are in. */
#include "core/import.h"
#include "core/object.h"
#include "core/rule.h"

enum { RU_ID, RU_PARENT, RU_POSITION, RU_EXPRESSION, RU_TARGET, RU_OVERRIDE, RU_BOOT, RU_LEAVE };
static const struct itg__json_member rule_members[] = {
    [RU_ID] = ITG__MEMBER("id", ITG__TAKES_ID),
    [RU_PARENT] = ITG__MEMBER("parentID", ITG__TAKES_ID),
    [RU_POSITION] = ITG__MEMBER("position", ITG__TAKES_ID),
    [RU_EXPRESSION] = ITG__MEMBER("expression", ITG__TAKES_STRING),
    [RU_TARGET] = ITG__MEMBER("targetID", ITG__TAKES_ID),
    [RU_OVERRIDE] = ITG__MEMBER("overrideMembership", ITG__TAKES_BOOL),
    [RU_BOOT] = ITG__MEMBER("applyAtBoot", ITG__TAKES_BOOL),
    [RU_LEAVE] = ITG__MEMBER("leaveInSubdirectory", ITG__TAKES_BOOL),
};

/* Positions that were not given come behind those that were. */
#define LAST_POSITION ((int64_t)1 << 40)

struct waiting {
    int64_t id;
    int64_t parent_id;
    int64_t target_id;
    struct itg__place place;
};

static uint32_t read_flags(const struct itg__json_value *values)
{
    return (itg__value_true(&values[RU_OVERRIDE]) ? (uint32_t)ITG_RULE_OVERRIDE_MEMBERSHIP : 0) |
           (itg__value_true(&values[RU_BOOT]) ? (uint32_t)ITG_RULE_AT_BOOT : 0) |
           (itg__value_true(&values[RU_LEAVE]) ? (uint32_t)ITG_RULE_LEAVE_BELOW : 0);
}

static itg_error_t read_rule(struct itg__import *import, const struct itg__json_value *values,
                             itg_rule_t *ret_rule)
{
    itg_rule_t rule = {.position = LAST_POSITION,
                       .expression = itg__import_text(import, &values[RU_EXPRESSION]),
                       .flags = read_flags(values)};
    itg_error_t err = itg__import_id(import, "parentID", &values[RU_PARENT], &rule.parent_id);
    if (!err)
        err = itg__import_id(import, "targetID", &values[RU_TARGET], &rule.target_id);
    if (!err)
        err = itg__import_id(import, "position", &values[RU_POSITION], &rule.position);
    if (err)
        return err;
    if (rule.position < 0 || rule.position > LAST_POSITION)
        return itg__import_refuse(import, "position", "position is out of range");
    itg__import_note_id(&import->highest_id, rule.parent_id);
    itg__import_note_id(&import->highest_id, rule.target_id);
    import->member = "expression";
    *ret_rule = rule;
    return itg__rule_ok(rule.expression, rule.flags, import->tx->failure);
}

static itg_error_t add_rule(struct itg__import *import, const struct itg__json_value *values)
{
    itg_rule_t rule;
    itg_error_t err = read_rule(import, values, &rule);
    if (!err)
        err = itg__import_claim_object_id(import, &values[RU_ID], "Insertion of rule", &rule.id);
    if (!err)
        err = itg__rule_insert(import->tx, &rule);
    if (err)
        return err;
    struct waiting *waiting = itg__list_add(&import->rules, sizeof *waiting);
    if (!waiting)
        return itg__fail(import->tx->failure, ITG_E_INTERNAL, NULL);
    *waiting = (struct waiting){rule.id, rule.parent_id, rule.target_id, import->at};
    return ITG_OK;
}

static itg_error_t check(struct itg__import *import, const struct waiting *waiting)
{
    struct itg__object target;
    import->at = waiting->place;
    import->member = "parentID";
    itg_error_t err = itg__rule_parent_ok(import->tx, waiting->id, waiting->parent_id);
    if (err || waiting->target_id == 0)
        return err;
    import->member = "targetID";
    return itg__object_load(import->tx, ITG_TYPE_THINCLIENT_DIRECTORY, waiting->target_id, &target);
}

itg_error_t itg__import_finish_rules(struct itg__import *import)
{
    const struct waiting *waiting = import->rules.items;
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < import->rules.count; i++)
        err = check(import, &waiting[i]);
    return err || import->rules.count == 0 ? err : itg__rule_renumber(import->tx);
}

const struct itg__array_info itg__import_rules = {"rules", ITG__TABLE(rule_members), add_rule};
