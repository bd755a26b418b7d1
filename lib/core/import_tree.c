/* Where imported objects lie. A file may bring children before their directories, so each directory is OPEN
 * until the way from it to its root is known, and then PLACED: its depth and its item of the recycle bin are
 * final. */
#include "core/import.h"
#include "core/object.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum state { FREE = 0, OPEN, PLACED };

struct itg__node {
    int64_t id;
    int64_t parent_id;
    int64_t bin_id; /* 0: not in the bin */
    uint32_t index; /* in the array of directories, if it is new */
    uint8_t state;
    uint8_t type;
    uint8_t depth; /* directories above it */
    bool is_new : 1;
    bool binned : 1;
    bool bin_item : 1;
};
_Static_assert(ITG_LIMIT_DEPTH < UINT8_MAX, "a depth fits into a byte");

enum { FIRST_CAPACITY = 64 };

void *itg__list_add(struct itg__list *list, size_t item_size)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 32;
        void *items = capacity > SIZE_MAX / item_size ? NULL : realloc(list->items, capacity * item_size);
        if (!items)
            return NULL;
        list->items = items;
        list->capacity = capacity;
    }
    char *item = (char *)list->items + list->count++ * item_size;
    return memset(item, 0, item_size);
}

static itg_error_t no_memory(struct itg__tree *tree)
{
    return itg__fail(tree->tx->failure, ITG_E_INTERNAL, NULL);
}

/* The finaliser of splitmix64. The seed is random, so that nobody can choose ids that collide. */
static size_t hash(const struct itg__tree *tree, int64_t id)
{
    uint64_t h = (uint64_t)id ^ tree->seed;
    h = (h ^ (h >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (size_t)(h ^ (h >> 31)) & (tree->capacity - 1);
}

/* The node with this id, or the free one where it belongs. */
static struct itg__node *slot(const struct itg__tree *tree, int64_t id)
{
    size_t i = hash(tree, id);
    while (tree->nodes[i].state != FREE && tree->nodes[i].id != id)
        i = (i + 1) & (tree->capacity - 1);
    return &tree->nodes[i];
}

static itg_error_t grow(struct itg__tree *tree)
{
    struct itg__tree larger = *tree;
    if (tree->capacity == 0)
        randombytes_buf(&larger.seed, sizeof larger.seed);
    larger.capacity = tree->capacity ? tree->capacity * 2 : FIRST_CAPACITY;
    larger.nodes = calloc(larger.capacity, sizeof *larger.nodes);
    if (!larger.nodes)
        return no_memory(tree);
    for (size_t i = 0; i < tree->capacity; i++)
        if (tree->nodes[i].state != FREE)
            *slot(&larger, tree->nodes[i].id) = tree->nodes[i];
    free(tree->nodes);
    *tree = larger;
    return ITG_OK;
}

static itg_error_t put(struct itg__tree *tree, const struct itg__node *node)
{
    if (tree->count >= tree->capacity / 4 * 3) {
        itg_error_t err = grow(tree);
        if (err)
            return err;
    }
    *slot(tree, node->id) = *node;
    tree->count++;
    return ITG_OK;
}

static struct itg__node *find(const struct itg__tree *tree, int64_t id)
{
    struct itg__node *node = tree->capacity ? slot(tree, id) : NULL;
    return node && node->state != FREE ? node : NULL;
}

/* Gets a directory that was in the fleet before. *ret_found false: no object has this id. */
static itg_error_t load(struct itg__tree *tree, int64_t id, struct itg__node *ret_node, bool *ret_found)
{
    struct itg__query q;
    itg__query(tree->tx, &q, "SELECT type, parent_id, bin_id FROM object WHERE id = $1", "i", id);
    bool found = itg__next(&q);
    if (found)
        *ret_node = (struct itg__node){
            .id = id,
            .type = (uint8_t)itg__int(&q, 0),
            .parent_id = itg__int(&q, 1),
            .bin_id = itg__int(&q, 2),
            .state = itg__is_null(&q, 1) ? PLACED : OPEN,
        };
    itg_error_t err = itg__done(&q);
    if (!err && found && !itg__is_directory((itg_type_t)ret_node->type))
        err = itg__fail_id(tree->tx->failure, ITG_E_PARENT_NOT_FOUND, id);
    if (!err)
        *ret_found = found;
    return err;
}

/* The directory with this id, NULL if it is not there so far. */
static itg_error_t get(struct itg__tree *tree, int64_t id, struct itg__node **ret_node)
{
    struct itg__node loaded;
    bool found = false;
    *ret_node = find(tree, id);
    if (*ret_node)
        return ITG_OK;
    itg_error_t err = load(tree, id, &loaded, &found);
    if (!err && found)
        err = put(tree, &loaded);
    if (!err && found)
        *ret_node = find(tree, id);
    return err;
}

static void blame(struct itg__tree *tree, struct itg__place place, const char *member)
{
    *tree->at = place;
    *tree->member = member;
}

/* Blames a directory, unless the fleet had it before: then the element at hand stays at fault. */
static void blame_node(struct itg__tree *tree, const struct itg__node *node)
{
    if (node->is_new)
        blame(tree, (struct itg__place){ITG__ARRAY_DIRECTORIES, node->index}, "parentID");
}

/* Puts a new object below its directory, which is PLACED. */
static itg_error_t enter(struct itg__tree *tree, const struct itg__newcomer *object,
                         const struct itg__node *parent, int64_t *ret_bin_id)
{
    itg_failure_t *failure = tree->tx->failure;
    if (itg__directory_type((itg_type_t)object->type) != (itg_type_t)parent->type) {
        blame(tree, object->place, "parentID");
        return itg__fail_id(failure, ITG_E_PARENT_NOT_FOUND, parent->id);
    }
    if (parent->bin_id && !object->binned) {
        blame(tree, object->place, "movedToBin");
        return itg__fail(failure, ITG_E_DIRECTORY_IN_BIN, NULL);
    }
    int64_t own = object->binned ? object->id : 0;
    *ret_bin_id = object->binned && parent->bin_id && !object->bin_item ? parent->bin_id : own;
    if (*ret_bin_id == own)
        return ITG_OK;
    return itg__run(tree->tx, "UPDATE object SET bin_id = $2 WHERE id = $1", "ii", object->id, *ret_bin_id);
}

/* Places a directory whose parent is PLACED. */
static itg_error_t place(struct itg__tree *tree, struct itg__node *node)
{
    const struct itg__node *parent = find(tree, node->parent_id);
    if (parent->depth >= ITG_LIMIT_DEPTH) {
        blame_node(tree, node);
        return itg__fail_id(tree->tx->failure, ITG_E_PARENT_NOT_FOUND, parent->id);
    }
    if (node->is_new) {
        struct itg__newcomer object = {.id = node->id,
                                       .place = {ITG__ARRAY_DIRECTORIES, node->index},
                                       .type = node->type,
                                       .binned = node->binned,
                                       .bin_item = node->bin_item};
        itg_error_t err = enter(tree, &object, parent, &node->bin_id);
        if (err)
            return err;
    }
    node->depth = (uint8_t)(parent->depth + 1);
    node->state = PLACED;
    return ITG_OK;
}

/* The way from a directory up to the first one that is PLACED, or to where it ends. */
struct way {
    int64_t ids[ITG_LIMIT_DEPTH];
    size_t count;
    bool ends;       /* at a directory that is not there */
    int64_t missing; /* which one */
};

static itg_error_t find_way(struct itg__tree *tree, int64_t id, struct way *way)
{
    struct itg__node *node = NULL;
    way->count = 0;
    way->ends = false;
    for (int64_t next = id;; next = node->parent_id) {
        itg_error_t err = get(tree, next, &node);
        if (err && way->count > 0)
            blame_node(tree, find(tree, way->ids[way->count - 1]));
        if (err)
            return err;
        way->ends = !node;
        way->missing = next;
        if (!node || node->state == PLACED)
            return ITG_OK;
        if (way->count == ITG_LIMIT_DEPTH)
            return itg__fail_id(tree->tx->failure, ITG_E_PARENT_NOT_FOUND, find(tree, id)->parent_id);
        way->ids[way->count++] = next;
    }
}

/* Places all directories on a way that reaches a placed one. */
static itg_error_t place_way(struct itg__tree *tree, const struct way *way)
{
    itg_error_t err = ITG_OK;
    for (size_t i = way->count; !err && i-- > 0;)
        err = place(tree, find(tree, way->ids[i]));
    return err;
}

static itg_error_t add_directory(struct itg__tree *tree, const struct itg__newcomer *directory)
{
    struct way way;
    struct itg__node node = {.id = directory->id,
                             .parent_id = directory->parent_id,
                             .bin_id = directory->binned ? directory->id : 0,
                             .index = directory->place.index,
                             .state = OPEN,
                             .type = directory->type,
                             .is_new = true,
                             .binned = directory->binned,
                             .bin_item = directory->bin_item};
    itg_error_t err = put(tree, &node);
    if (!err)
        err = find_way(tree, directory->id, &way);
    return err || way.ends ? err : place_way(tree, &way);
}

/* Puts an object that is no directory into its place; *ret_missing tells that its parent has none itself. */
static itg_error_t add_leaf(struct itg__tree *tree, const struct itg__newcomer *object, bool *ret_missing)
{
    struct way way;
    int64_t bin_id = 0;
    itg_error_t err = find_way(tree, object->parent_id, &way);
    *ret_missing = !err && way.ends;
    if (err || way.ends)
        return err;
    err = place_way(tree, &way);
    return err ? err : enter(tree, object, find(tree, object->parent_id), &bin_id);
}

itg_error_t itg__tree_add(struct itg__tree *tree, const struct itg__newcomer *newcomer)
{
    bool missing = false;
    if (itg__is_directory((itg_type_t)newcomer->type))
        return add_directory(tree, newcomer);
    itg_error_t err = add_leaf(tree, newcomer, &missing);
    if (err || !missing)
        return err;
    struct itg__newcomer *later = itg__list_add(&tree->newcomers, sizeof *later);
    if (!later)
        return no_memory(tree);
    *later = *newcomer;
    return ITG_OK;
}

/* A directory that is still OPEN when all are in. */
struct open_directory {
    int64_t id;
    uint32_t index;
};

static int by_index(const void *a, const void *b)
{
    const struct open_directory *left = a, *right = b;
    return left->index < right->index ? -1 : left->index > right->index;
}

/* The new directories that are OPEN, in the order of the file. */
static itg_error_t list_open(struct itg__tree *tree, struct itg__list *list)
{
    for (size_t i = 0; i < tree->capacity; i++) {
        const struct itg__node *node = &tree->nodes[i];
        if (node->state != OPEN || !node->is_new)
            continue;
        struct open_directory *open = itg__list_add(list, sizeof *open);
        if (!open)
            return no_memory(tree);
        *open = (struct open_directory){node->id, node->index};
    }
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(struct open_directory), by_index);
    return ITG_OK;
}

static itg_error_t finish_directory(struct itg__tree *tree, const struct open_directory *open)
{
    struct way way;
    blame(tree, (struct itg__place){ITG__ARRAY_DIRECTORIES, open->index}, "parentID");
    itg_error_t err = find_way(tree, open->id, &way);
    if (err)
        return err;
    if (!way.ends)
        return place_way(tree, &way);
    blame_node(tree, find(tree, way.ids[way.count - 1]));
    return itg__fail_id(tree->tx->failure, ITG_E_PARENT_NOT_FOUND, way.missing);
}

static itg_error_t finish_leaf(struct itg__tree *tree, const struct itg__newcomer *object)
{
    bool missing = false;
    blame(tree, object->place, "parentID");
    itg_error_t err = add_leaf(tree, object, &missing);
    if (!err && missing)
        err = itg__fail_id(tree->tx->failure, ITG_E_PARENT_NOT_FOUND, object->parent_id);
    return err;
}

itg_error_t itg__tree_finish(struct itg__tree *tree)
{
    struct itg__list open = {0};
    itg_error_t err = list_open(tree, &open);
    const struct open_directory *directories = open.items;
    for (size_t i = 0; !err && i < open.count; i++)
        err = finish_directory(tree, &directories[i]);
    free(open.items);
    const struct itg__newcomer *newcomers = tree->newcomers.items;
    for (size_t i = 0; !err && i < tree->newcomers.count; i++)
        err = finish_leaf(tree, &newcomers[i]);
    return err;
}

void itg__tree_dispose(struct itg__tree *tree)
{
    free(tree->nodes);
    free(tree->newcomers.items);
    *tree = (struct itg__tree){0};
}
