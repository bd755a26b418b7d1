/* Threads for requests that may have to wait: for the writer, a device or a password hash. */
#include "http/host.h"
#include <stdlib.h>

static void push(struct itg__queue *queue, struct itg__request *req)
{
    req->next = NULL;
    if (queue->last)
        queue->last->next = req;
    else
        queue->first = req;
    queue->last = req;
    queue->count++;
}

static struct itg__request *pop(struct itg__queue *queue)
{
    struct itg__request *req = queue->first;
    if (!req)
        return NULL;
    queue->first = req->next;
    if (!queue->first)
        queue->last = NULL;
    queue->count--;
    return req;
}

static struct itg__request *take(struct itg__workers *workers)
{
    struct itg__request *req = pop(&workers->due);
    return req ? req : pop(&workers->fresh);
}

static void *work(void *arg)
{
    struct itg__workers *workers = arg;
    pthread_mutex_lock(&workers->lock);
    for (;;) {
        struct itg__request *req = take(workers);
        if (req) {
            bool closing = workers->closing;
            pthread_mutex_unlock(&workers->lock);
            workers->run(req, closing);
            pthread_mutex_lock(&workers->lock);
            continue;
        }
        if (workers->closing && workers->promised == 0)
            break;
        workers->idle++;
        pthread_cond_wait(&workers->work, &workers->lock);
        workers->idle--;
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static bool start_thread(struct itg__workers *workers)
{
    pthread_attr_t attr;
    if (pthread_attr_init(&attr))
        return false;
    sigset_t old;
    itg__http_block_signals(&old);
    bool ok = !pthread_attr_setstacksize(&attr, ITG__HTTP_STACK_SIZE) &&
              !pthread_create(&workers->threads[workers->count], &attr, work, workers);
    itg__http_unblock_signals(&old);
    pthread_attr_destroy(&attr);
    if (ok)
        workers->count++;
    return ok;
}

bool itg__http_workers_init(struct itg__workers *workers, int max, size_t room,
                            void (*run)(struct itg__request *req, bool closing))
{
    workers->threads = calloc((size_t)max, sizeof(*workers->threads));
    if (!workers->threads)
        return false;
    workers->max = max;
    workers->room = room;
    workers->run = run;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->work, NULL);
    return true;
}

/* Threads that have been signalled but do not run yet still count as idle, hence the comparison. */
static bool have_thread(struct itg__workers *workers)
{
    size_t waiting = workers->fresh.count + workers->due.count;
    if ((size_t)workers->idle > waiting || workers->count == workers->max)
        return true;
    return start_thread(workers) || workers->count > 0;
}

bool itg__http_workers_submit(struct itg__workers *workers, struct itg__request *req)
{
    pthread_mutex_lock(&workers->lock);
    bool room = !workers->closing && workers->fresh.count < workers->room && have_thread(workers);
    if (room) {
        /* Before a worker can see it: a connection must be suspended before it is resumed. */
        req->state = ITG__REQUEST_WAITING;
        MHD_suspend_connection(req->connection);
        push(&workers->fresh, req);
        pthread_cond_signal(&workers->work);
    }
    pthread_mutex_unlock(&workers->lock);
    return room;
}

void itg__http_workers_promise(struct itg__workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    workers->promised++;
    pthread_mutex_unlock(&workers->lock);
}

/* The worker that promised has not ended, so that there is one. While they end, no thread may be started: those
 * there are, are being joined. */
void itg__http_workers_return(struct itg__workers *workers, struct itg__request *req)
{
    pthread_mutex_lock(&workers->lock);
    if (!workers->closing)
        (void)have_thread(workers);
    workers->promised--;
    push(&workers->due, req);
    if (workers->closing)
        pthread_cond_broadcast(&workers->work);
    else
        pthread_cond_signal(&workers->work);
    pthread_mutex_unlock(&workers->lock);
}

void itg__http_workers_stop(struct itg__workers *workers)
{
    if (!workers->threads)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->closing = true;
    pthread_cond_broadcast(&workers->work);
    pthread_mutex_unlock(&workers->lock);
    /* No thread is started any more, so count stands still. */
    for (int i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    workers->count = 0;
}

void itg__http_workers_dispose(struct itg__workers *workers)
{
    if (!workers->threads)
        return;
    pthread_cond_destroy(&workers->work);
    pthread_mutex_destroy(&workers->lock);
    free(workers->threads);
    workers->threads = NULL;
}
