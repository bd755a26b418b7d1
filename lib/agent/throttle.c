/* Allowances: each attempt takes its share of time, and who has taken too much ahead must wait. */
#include "agent/agent.h"
#include <sodium.h>
#include <string.h>

enum {
    PACE_MS = 1000,    /* between two contacts of a thin client */
    AHEAD_MS = 20000,  /* that may come early */
    BLAME_MS = 3000,   /* that one wrong attempt costs */
    BLAMED_MS = 30000, /* from which on further ones are not looked at */
    JUMP_MS = 120000   /* further ahead than any allowance: the clock was put back */
};

bool itg__pace(int64_t *paced_ms, int64_t now_ms, int64_t *ret_wait_ms)
{
    int64_t from_ms = *paced_ms < now_ms || *paced_ms > now_ms + JUMP_MS ? now_ms : *paced_ms;
    if (from_ms - now_ms >= AHEAD_MS) {
        *ret_wait_ms = from_ms - now_ms - AHEAD_MS + PACE_MS;
        return false;
    }
    *paced_ms = from_ms + PACE_MS;
    return true;
}

void itg__pace_return(int64_t *paced_ms, int commands)
{
    *paced_ms -= (int64_t)commands * 2 * PACE_MS;
}

void itg__throttle_init(struct itg__throttle *throttle)
{
    pthread_mutex_init(&throttle->lock, NULL);
    /* Nobody is to know who shares a slot with whom. */
    randombytes_buf(throttle->key, sizeof throttle->key);
}

void itg__throttle_dispose(struct itg__throttle *throttle)
{
    pthread_mutex_destroy(&throttle->lock);
}

static uint64_t who(const struct itg__throttle *throttle, const char *peer, int64_t id)
{
    unsigned char bytes[8 + 64] = {0}, hash[crypto_shorthash_BYTES];
    size_t length = peer ? strnlen(peer, 64) : 0;
    uint64_t number = 0;
    _Static_assert(crypto_shorthash_KEYBYTES == sizeof throttle->key, "the key has its length");
    memcpy(bytes, &id, sizeof id);
    if (length)
        memcpy(bytes + 8, peer, length);
    crypto_shorthash(hash, bytes, sizeof bytes, throttle->key);
    memcpy(&number, hash, sizeof number);
    return number;
}

bool itg__throttle_allows(struct itg__throttle *throttle, const char *peer, int64_t id, int64_t now_ms)
{
    uint64_t number = who(throttle, peer, id);
    size_t slot = number % ITG__THROTTLE_SLOTS;
    pthread_mutex_lock(&throttle->lock);
    int64_t ahead_ms = throttle->slots[slot].paced_ms - now_ms;
    bool blamed = throttle->slots[slot].who == number && ahead_ms >= BLAMED_MS && ahead_ms < JUMP_MS;
    pthread_mutex_unlock(&throttle->lock);
    return !blamed;
}

void itg__throttle_blame(struct itg__throttle *throttle, const char *peer, int64_t id, int64_t now_ms)
{
    uint64_t number = who(throttle, peer, id);
    size_t slot = number % ITG__THROTTLE_SLOTS;
    pthread_mutex_lock(&throttle->lock);
    int64_t *paced_ms = &throttle->slots[slot].paced_ms;
    bool same = throttle->slots[slot].who == number;
    bool passed = *paced_ms < now_ms || *paced_ms > now_ms + JUMP_MS;
    *paced_ms = (same && !passed ? *paced_ms : now_ms) + BLAME_MS;
    throttle->slots[slot].who = number;
    pthread_mutex_unlock(&throttle->lock);
}
