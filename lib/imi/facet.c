/* Facets: which parts of an object a request asks for, and thin clients written with theirs. */
#include "core/access.h"
#include "core/attribute.h"
#include "core/inventory.h"
#include "core/listing.h"
#include "imi/imi.h"
#include <string.h>

/* Puts a facet's own keys, which begin with a comma. */
typedef itg_error_t (*put_fn)(struct itg__imi_facets *facets, struct itg__buf *out,
                              const itg_thinclient_t *tc);

static itg_error_t put_online(struct itg__imi_facets *facets, struct itg__buf *out,
                              const itg_thinclient_t *tc)
{
    bool online = itg_thinclient_online(facets->itg, tc->id);
    itg__buf_str(out, online ? ",\"online\":true" : ",\"online\":false");
    return ITG_OK;
}

/* In a list, those that one may not shadow have no secret. */
static itg_error_t put_shadow(struct itg__imi_facets *facets, struct itg__buf *out,
                              const itg_thinclient_t *tc)
{
    char password[ITG_SHADOW_PASSWORD_SIZE];
    uint32_t rights = 0;
    itg_error_t err = itg__rights_in(&facets->tx, tc->parent_id, &rights);
    if (!err && !(rights & ITG_RIGHT_SHADOW)) {
        itg__buf_str(out, ",\"shadowSecret\":{\"certificate\":\"\",\"password\":\"\"}");
        return facets->one ? itg__require_in(&facets->tx, tc->parent_id, ITG_RIGHT_SHADOW) : ITG_OK;
    }
    if (!err)
        err = itg__certificate_json(&facets->tx, out, ",\"shadowSecret\":{\"certificate\":", tc->id, true);
    itg__shadow_make(facets->tx.fleet, tc->id, password);
    itg__imi_put_text(out, ",\"password\":", password);
    itg__buf_char(out, '}');
    return err;
}

/* Old clients find the attributes' key here, though empty. It stands there once if both facets are asked for.
 */
static itg_error_t put_adapters(struct itg__imi_facets *facets, struct itg__buf *out,
                                const itg_thinclient_t *tc)
{
    itg_error_t err = itg__adapters_json(&facets->tx, out, ",\"networkAdapters\":", tc->id, true);
    if (!(facets->bits & ITG__IMI_FACET_ATTRIBUTES))
        itg__buf_str(out, ",\"deviceAttributes\":[]");
    return err;
}

static itg_error_t put_attributes(struct itg__imi_facets *facets, struct itg__buf *out,
                                  const itg_thinclient_t *tc)
{
    return itg__attributes_json(&facets->tx, out, ",\"deviceAttributes\":", tc->id, true);
}

static itg_error_t put_logins(struct itg__imi_facets *facets, struct itg__buf *out,
                              const itg_thinclient_t *tc)
{
    return itg__logins_json(&facets->tx, out, ",\"userLoginHistory\":", tc->id, true);
}

/* The one table of facets. Those of thin clients are written in its order. */
static const struct facet {
    const char *name;
    unsigned bit;
    put_fn put; /* NULL: its keys are written elsewhere */
} table[] = {
    {"short", 0, NULL},
    {"details", ITG__IMI_FACET_DETAILS, NULL},
    {"online", ITG__IMI_FACET_ONLINE, put_online},
    {"shadow", ITG__IMI_FACET_SHADOW, put_shadow},
    {"networkadapters", ITG__IMI_FACET_ADAPTERS, put_adapters},
    {"deviceattributes", ITG__IMI_FACET_ATTRIBUTES, put_attributes},
    {"loginhistory", ITG__IMI_FACET_LOGINS, put_logins},
    {"children", ITG__IMI_FACET_CHILDREN, NULL},
};
enum { FACETS = sizeof table / sizeof *table };

static const struct facet *find_facet(const char *name, size_t length)
{
    for (size_t i = 0; i < FACETS; i++) {
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0)
            return &table[i];
    }
    return NULL;
}

itg_error_t itg__imi_facets(struct itg__imi_call *call, unsigned allowed, unsigned *ret_facets)
{
    unsigned bits = 0;
    const char *list = NULL;
    while ((list = itg__imi_query(&call->target, "facets", list)) != NULL) {
        for (const char *p = list + strspn(list, " ,"); *p; p += strspn(p, " ,")) {
            size_t length = strcspn(p, " ,");
            const struct facet *facet = find_facet(p, length);
            if (!facet || (facet->bit & ~allowed))
                return itg__fail(&call->failure, ITG_E_NO_HANDLER, NULL);
            bits |= facet->bit;
            p += length;
        }
    }
    *ret_facets = bits;
    return ITG_OK;
}

itg_extent_t itg__imi_facets_extent(unsigned facets)
{
    return facets & ITG__IMI_FACET_DETAILS ? ITG_EXTENT_DETAILS : ITG_EXTENT_SHORT;
}

itg_error_t itg__imi_facets_begin(struct itg__imi_facets *facets, itg_t *itg, unsigned bits,
                                  itg_failure_t *failure)
{
    unsigned stored =
        ITG__IMI_FACET_SHADOW | ITG__IMI_FACET_ADAPTERS | ITG__IMI_FACET_ATTRIBUTES | ITG__IMI_FACET_LOGINS;
    /* Who cannot change a thin client cannot look at its screen either. */
    enum itg__right right = bits & ITG__IMI_FACET_SHADOW ? ITG__RIGHT_OBJECT : ITG__RIGHT_READ;
    *facets = (struct itg__imi_facets){.itg = itg, .bits = bits, .reads = (bits & stored) != 0};
    return facets->reads ? itg__begin_read(itg, "imi_facets", right, &facets->tx, failure) : ITG_OK;
}

itg_error_t itg__imi_facets_end(struct itg__imi_facets *facets, itg_error_t err)
{
    return facets->reads ? itg__end(&facets->tx, err) : err;
}

itg_error_t itg__imi_put_thinclient(struct itg__imi_facets *facets, struct itg__buf *out,
                                    const itg_thinclient_t *tc)
{
    bool details = facets->bits & ITG__IMI_FACET_DETAILS;
    itg_error_t err = ITG_OK;
    itg__thinclient_head_json(out, tc);
    if (details)
        itg__thinclient_details_json(out, tc);
    for (size_t i = 0; !err && i < FACETS; i++)
        if (table[i].put && (facets->bits & table[i].bit))
            err = table[i].put(facets, out, tc);
    itg__thinclient_tail_json(out, tc, details);
    return err;
}
