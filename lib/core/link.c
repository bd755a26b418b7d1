/* Which link there is: the host's, which never changes, or the built-in one, which comes and goes while others ask. */
#include "core/presence.h"
#include "core/queue.h"

bool itg__link_attach(struct itg__fleet *fleet, const struct itg__builtin_link *link)
{
    struct itg__queue *queue = fleet->queue;
    if (fleet->link.online)
        return false;
    pthread_rwlock_wrlock(&queue->link_lock);
    bool vacant = !queue->link.online;
    if (vacant)
        queue->link = *link;
    pthread_rwlock_unlock(&queue->link_lock);
    return vacant;
}

void itg__link_detach(struct itg__fleet *fleet)
{
    struct itg__queue *queue = fleet->queue;
    pthread_rwlock_wrlock(&queue->link_lock);
    queue->link = (struct itg__builtin_link){.online = NULL};
    pthread_rwlock_unlock(&queue->link_lock);
    itg__queue_release(fleet);
}

bool itg__link_builtin(struct itg__fleet *fleet, int32_t *ret_wait_ms)
{
    struct itg__queue *queue = fleet->queue;
    if (fleet->link.online)
        return false;
    pthread_rwlock_rdlock(&queue->link_lock);
    bool there = queue->link.online != NULL;
    if (there)
        *ret_wait_ms = queue->link.wait_ms;
    pthread_rwlock_unlock(&queue->link_lock);
    return there;
}

bool itg__link_online(struct itg__fleet *fleet, int64_t id)
{
    struct itg__queue *queue = fleet->queue;
    if (fleet->link.online)
        return fleet->link.online(fleet->link.ctx, id) != 0;
    pthread_rwlock_rdlock(&queue->link_lock);
    bool there = queue->link.online != NULL;
    bool online = there && queue->link.online(queue->link.ctx, id) != 0;
    pthread_rwlock_unlock(&queue->link_lock);
    return there ? online : itg__presence_stored(fleet, id);
}

void itg__link_work(struct itg__fleet *fleet, const int64_t *thinclient_ids, size_t count)
{
    struct itg__queue *queue = fleet->queue;
    pthread_rwlock_rdlock(&queue->link_lock);
    if (queue->link.work && count > 0)
        queue->link.work(queue->link.ctx, thinclient_ids, count);
    pthread_rwlock_unlock(&queue->link_lock);
}
