/* Reads a fleet file element by element. Only the outermost object and its arrays are walked here. */
#include "core/import.h"
#include "core/access.h"
#include "core/audit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_STEP = 4096, NO_ARRAY = ITG__ARRAYS };

static const struct itg__array_info *const arrays[ITG__ARRAYS] = {
    [ITG__ARRAY_FIRMWARES] = &itg__import_firmwares,
    [ITG__ARRAY_DIRECTORIES] = &itg__import_directories,
    [ITG__ARRAY_THINCLIENTS] = &itg__import_thinclients,
    [ITG__ARRAY_PROFILES] = &itg__import_profiles,
    [ITG__ARRAY_ASSIGNMENTS] = &itg__import_assignments,
    [ITG__ARRAY_ATTRIBUTES] = &itg__import_attributes,
    [ITG__ARRAY_ASSETS] = &itg__import_assets,
    [ITG__ARRAY_ASSET_HISTORY] = &itg__import_asset_history,
    [ITG__ARRAY_TEMPLATES] = &itg__import_templates,
    [ITG__ARRAY_FILLINGS] = &itg__import_fillings,
    [ITG__ARRAY_VIEWS] = &itg__import_views,
    [ITG__ARRAY_RULES] = &itg__import_rules,
};

/* Errors of the machine have no place in the file. */
static bool is_about_file(itg_error_t err)
{
    return err < ITG_E_INTERNAL;
}

/* Puts the element at fault in front of the message. */
static void say_where(struct itg__import *import)
{
    char where[160];
    const char *member = import->member;
    if (import->at.array == NO_ARRAY)
        snprintf(where, sizeof where, "%s", member);
    else
        snprintf(where, sizeof where, "%s[%u]%s%s", arrays[import->at.array]->name, import->at.index,
                 *member ? "." : "", member);
    if (*where)
        itg__fail_where(import->tx->failure, where);
}

static itg_error_t read_element(struct itg__import *import, enum itg__array array)
{
    struct itg__json_value values[ITG__MAX_VALUES] = {0};
    itg__json_begin(&import->json);
    import->member = import->json.path;
    itg_error_t err = itg__json_object(&import->json, &arrays[array]->table, values);
    import->member = err ? import->member : "";
    return err ? err : arrays[array]->add(import, values);
}

static void report(struct itg__import *import)
{
    int64_t elements = 0;
    for (size_t i = 0; i < ITG__ARRAYS; i++)
        elements += import->counts[i];
    if (import->progress && elements % PROGRESS_STEP == 0)
        import->progress(import->progress_ctx, elements);
}

/* Takes the bracket that opens the file's object or an array in it; true if that has any content. White space
 * behind the bracket must not count as part of an element. */
static bool enter(struct itg__json *json, char open, char close)
{
    if (itg__json_expect(json, open))
        return false;
    itg__json_begin(json);
    if (itg__json_peek(json) != (unsigned char)close)
        return !json->err;
    itg__json_expect(json, close);
    return false;
}

static itg_error_t read_elements(struct itg__import *import, enum itg__array array)
{
    itg_error_t err = ITG_OK;
    import->at = (struct itg__place){array, 0};
    do {
        err = import->at.index == UINT32_MAX ? itg__fail(import->tx->failure, ITG_E_INTERNAL, NULL)
                                             : read_element(import, array);
        if (err)
            return err;
        import->at.index++;
        import->counts[array]++;
        report(import);
        itg__json_begin(&import->json);
    } while (itg__json_another(&import->json, ']'));
    return import->json.err;
}

/* Anything but an array. null is as good as none at all. */
static itg_error_t read_other(struct itg__import *import)
{
    struct itg__json_value value;
    itg_error_t err = itg__json_value(&import->json, &value);
    if (err || value.kind == ITG__JSON_NULL)
        return err;
    return itg__fail_detail(import->tx->failure, ITG_E_INVALID_BODY, "not an array");
}

/* Finds the array that a name stands for, and sees to it that it comes but once. */
static itg_error_t find_array(struct itg__import *import, const char *name, enum itg__array *ret_array)
{
    unsigned array = 0;
    while (array < ITG__ARRAYS && strcmp(arrays[array]->name, name) != 0)
        array++;
    itg__json_blame(&import->json, "", name);
    import->member = import->json.path;
    if (array == ITG__ARRAYS)
        return itg__fail_detail(import->tx->failure, ITG_E_INVALID_BODY, "unknown array");
    import->member = arrays[array]->name;
    if (import->seen[array])
        return itg__json_fail(&import->json, "array is there twice");
    import->seen[array] = true;
    *ret_array = array;
    return ITG_OK;
}

static itg_error_t read_array(struct itg__import *import)
{
    struct itg__json *json = &import->json;
    struct itg__json_value name;
    enum itg__array array = 0;
    import->at.array = NO_ARRAY;
    import->member = "";
    itg__json_begin(json);
    itg_error_t err = itg__json_key(json, &name);
    if (!err)
        err = find_array(import, itg__json_text(json, &name), &array);
    if (!err)
        err = itg__json_expect(json, ':');
    if (err)
        return err;
    itg__json_begin(json);
    if (itg__json_peek(json) != '[')
        return read_other(import);
    if (enter(json, '[', ']'))
        return read_elements(import, array);
    return json->err;
}

static itg_error_t read_arrays(struct itg__import *import)
{
    struct itg__json *json = &import->json;
    itg_error_t err = ITG_OK;
    bool go_on = enter(json, '{', '}');
    while (!err && go_on) {
        err = read_array(import);
        if (err)
            return err;
        import->at.array = NO_ARRAY;
        import->member = "";
        itg__json_begin(json);
        go_on = itg__json_another(json, '}');
    }
    return json->err;
}

static itg_error_t read_file(struct itg__import *import)
{
    struct itg__json *json = &import->json;
    struct itg__json_value value;
    int c = itg__json_peek(json);
    if (c == 0xEF)
        return itg__json_fail(json, "the file begins with a byte order mark");
    if (c != '{') {
        itg_error_t err = itg__json_value(json, &value);
        return err ? err : itg__fail_detail(import->tx->failure, ITG_E_INVALID_BODY, "not an object");
    }
    itg_error_t err = read_arrays(import);
    if (err)
        return err;
    itg__json_begin(json);
    if (itg__json_peek(json) >= 0)
        return itg__json_fail(json, "text after the end of the fleet");
    return json->err;
}

static itg_error_t highest(struct itg__tx *tx, const char *sequence, int64_t *ret_id)
{
    bool found = false;
    return itg__lookup(tx, &found, ret_id, "SELECT value FROM sequence WHERE name = $1", "s", sequence);
}

static itg_error_t import_all(struct itg__import *import)
{
    itg_error_t err = highest(import->tx, "object", &import->highest_id);
    import->old_id = import->highest_id;
    if (!err)
        err = highest(import->tx, "firmware", &import->highest_firmware);
    if (!err)
        err = highest(import->tx, "assethistory", &import->highest_history);
    if (!err)
        err = read_file(import);
    if (!err)
        err = itg__import_check_promises(import);
    if (!err)
        err = itg__import_check_attributes(import);
    if (!err)
        err = itg__import_check_assets(import);
    if (!err)
        err = itg__tree_finish(&import->tree);
    if (!err)
        err = itg__import_assign_waiting(import);
    if (!err)
        err = itg__import_finish_rules(import);
    if (!err)
        err = itg__import_finish_templates(import);
    if (err && is_about_file(err))
        say_where(import);
    if (!err)
        err = itg__raise_sequence(import->tx, "object", import->highest_id);
    if (!err)
        err = itg__raise_sequence(import->tx, "firmware", import->highest_firmware);
    if (!err)
        err = itg__raise_sequence(import->tx, "assethistory", import->highest_history);
    return err;
}

static void dispose(struct itg__import *import)
{
    itg__json_dispose(&import->json);
    itg__tree_dispose(&import->tree);
    free(import->promises.items);
    free(import->rules.items);
    free(import->waiting.items);
    free(import->attributes.items);
    free(import->assets.items);
    free(import->templates.items);
    free(import->fillings.items);
}

static itg_fleetfile_counts_t counts_of(const struct itg__import *import)
{
    const int64_t *counts = import->counts;
    return (itg_fleetfile_counts_t){.firmwares = counts[ITG__ARRAY_FIRMWARES],
                                    .directories = counts[ITG__ARRAY_DIRECTORIES],
                                    .thinclients = counts[ITG__ARRAY_THINCLIENTS],
                                    .profiles = counts[ITG__ARRAY_PROFILES],
                                    .assignments = counts[ITG__ARRAY_ASSIGNMENTS],
                                    .device_attributes = counts[ITG__ARRAY_ATTRIBUTES],
                                    .assets = counts[ITG__ARRAY_ASSETS],
                                    .asset_history = counts[ITG__ARRAY_ASSET_HISTORY],
                                    .templates = counts[ITG__ARRAY_TEMPLATES],
                                    .template_assignments = counts[ITG__ARRAY_FILLINGS],
                                    .views = counts[ITG__ARRAY_VIEWS],
                                    .rules = counts[ITG__ARRAY_RULES]};
}

/* One entry for all; what is imported could be told by nothing shorter than the file. */
static itg_error_t record(const struct itg__import *import)
{
    struct itg__buf after = {0};
    for (int i = 0; i < ITG__ARRAYS; i++) {
        if (import->counts[i] == 0)
            continue;
        itg__buf_char(&after, after.length ? ',' : '{');
        itg__buf_json(&after, arrays[i]->name);
        itg__buf_char(&after, ':');
        itg__buf_int(&after, import->counts[i]);
    }
    if (after.length == 0 && !after.failed)
        return ITG_OK;
    itg__buf_add(&after, "}", sizeof "}");
    itg_error_t err = after.failed ? itg__fail(import->tx->failure, ITG_E_INTERNAL, NULL)
                                   : itg__audit_note(import->tx, ITG__AUDIT_FLEET, 0, "", "{}", after.data);
    itg__buf_dispose(&after);
    return err;
}

itg_error_t itg_import(itg_t *itg, itg_read_fn read, void *ctx, itg_progress_fn progress, void *progress_ctx,
                       itg_fleetfile_counts_t *ret_counts, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__import import = {
        .tx = &tx, .at.array = NO_ARRAY, .member = "", .progress = progress, .progress_ctx = progress_ctx};
    if (!itg || !read)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "a parameter is NULL");
    itg_error_t err = itg__json_init(&import.json, read, ctx, failure);
    if (err)
        return err;
    import.tree = (struct itg__tree){.tx = &tx, .at = &import.at, .member = &import.member};
    err = itg__begin_write_long(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (!err) {
        err = itg__require_all(&tx);
        if (!err)
            err = import_all(&import);
        err = itg__end(&tx, err ? err : record(&import));
    }
    dispose(&import);
    if (!err && ret_counts)
        *ret_counts = counts_of(&import);
    return err;
}
