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

/* A thread without work. Each has a condition of its own: those of glibc up to 2.41 lose wake-ups when several threads
 * wait at one. */
struct itg__nap {
    pthread_cond_t over;
    bool woken;
    struct itg__nap *next;
};

static void nap(struct itg__workers *workers)
{
    struct itg__nap nap = {.next = workers->naps};
    pthread_cond_init(&nap.over, NULL);
    workers->naps = &nap;
    while (!nap.woken)
        pthread_cond_wait(&nap.over, &workers->lock);
    pthread_cond_destroy(&nap.over);
}

static void wake_one(struct itg__workers *workers)
{
    struct itg__nap *nap = workers->naps;
    if (!nap)
        return;
    workers->naps = nap->next;
    nap->woken = true;
    pthread_cond_signal(&nap->over);
}

static void wake_all(struct itg__workers *workers)
{
    while (workers->naps)
        wake_one(workers);
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
        nap(workers);
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
    return true;
}

static bool have_thread(struct itg__workers *workers)
{
    if (workers->naps || workers->count == workers->max)
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
        wake_one(workers);
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
        wake_all(workers);
    else
        wake_one(workers);
    pthread_mutex_unlock(&workers->lock);
}

void itg__http_workers_stop(struct itg__workers *workers)
{
    if (!workers->threads)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->closing = true;
    wake_all(workers);
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
    pthread_mutex_destroy(&workers->lock);
    free(workers->threads);
    workers->threads = NULL;
}
