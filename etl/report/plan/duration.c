#include "report/plan/duration.h"

#include "api/queue.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>

/* A simulated worker: processes one work unit at a time, chunk by chunk, request by request. */
struct worker {
    bool busy;
    size_t chunk;
    uint64_t made; /* requests that the chunk has made */
    int64_t at_ms; /* when the next request is due, or the chunk ends */
    bool waited;   /* the submit has already waited for the budget to refill */
};

struct play {
    const struct duration_facts *facts;
    int64_t *done_ms;
    struct worker *workers;
    bool *begun;               /* one flag per chunk */
    struct budget_level level; /* at level_at_ms */
    int64_t level_at_ms;
    uint64_t reserved; /* pages of submitted queries that are not fetched yet */
};

static struct budget_level level_at(const struct play *play, int64_t at_ms)
{
    int64_t span_ms = at_ms > play->level_at_ms ? at_ms - play->level_at_ms : 0;
    return budget_later(&play->facts->budget, &play->level, span_ms);
}

/* Takes one request, due at at_ms, from the budget; returns when it is sent. */
static int64_t take(struct play *play, int64_t at_ms)
{
    if (play->facts->budget.per_minute <= 0)
        return at_ms;
    if (at_ms < play->facts->level.blocked_ms)
        at_ms = play->facts->level.blocked_ms;
    if (at_ms > play->level_at_ms) {
        play->level = level_at(play, at_ms);
        play->level_at_ms = at_ms;
    }
    budget_note_taken(&play->facts->budget, &play->level);
    int64_t wait_ms = budget_fill_ms(&play->facts->budget, &play->level, 0);
    return at_ms + (wait_ms > 0 ? wait_ms - 1 : 0);
}

/* How long a submit waits until the budget can also pay for its pages. */
static int64_t submit_wait_ms(const struct play *play, const struct duration_chunk *chunk, int64_t at_ms)
{
    const struct duration_facts *facts = play->facts;
    if (facts->budget.per_minute <= 0)
        return 0;
    struct submit_facts submit = {.requests_needed = chunk->pages + play->reserved,
                                  .lifetime_ms = facts->result_lifetime_ms};
    struct budget_level level = level_at(play, at_ms);
    return queue_submit_wait_ms(&facts->budget, &level, &submit);
}

static void step(struct play *play, struct worker *worker)
{
    const struct duration_chunk *chunk = &play->facts->chunks[worker->chunk];
    int64_t wait_ms = worker->made == 0 && !worker->waited ? submit_wait_ms(play, chunk, worker->at_ms) : 0;
    if (wait_ms > 0) {
        worker->waited = true;
        worker->at_ms += wait_ms;
        return;
    }
    int64_t made_ms = take(play, worker->at_ms);
    worker->made++;
    if (worker->made == 1)
        play->reserved += chunk->pages;
    else if (play->reserved > 0 && worker->made > chunk->requests - chunk->pages)
        play->reserved--;
    bool waits = worker->made == 1 && chunk->requests > 1;
    bool ends = worker->made == chunk->requests;
    worker->at_ms =
        made_ms + play->facts->request_ms + (waits ? chunk->ready_ms : 0) + (ends ? chunk->load_ms : 0);
}

static bool target_is_busy(const struct play *play, size_t target)
{
    for (size_t i = 0; i < play->facts->parallel; i++)
        if (play->workers[i].busy && play->facts->chunks[play->workers[i].chunk].target == target)
            return true;
    return false;
}

/* The first chunk of a work unit that may begin; `count` if there is none. */
static size_t find_unit(const struct play *play)
{
    const struct duration_facts *facts = play->facts;
    for (size_t i = 0; i < facts->count; i++) {
        bool is_first = i == 0 || facts->chunks[i].unit != facts->chunks[i - 1].unit;
        if (is_first && !play->begun[i] && !target_is_busy(play, facts->chunks[i].target))
            return i;
    }
    return facts->count;
}

static void begin(struct play *play, struct worker *worker, size_t chunk, int64_t at_ms)
{
    play->begun[chunk] = true;
    *worker = (struct worker){.busy = true, .chunk = chunk, .at_ms = at_ms};
}

static void begin_units(struct play *play, int64_t now_ms)
{
    for (size_t i = 0; i < play->facts->parallel; i++) {
        size_t chunk = play->workers[i].busy ? play->facts->count : find_unit(play);
        if (chunk < play->facts->count)
            begin(play, &play->workers[i], chunk, now_ms);
    }
}

/* The chunk is done: begins the next chunk of its work unit, or frees the worker. */
static void end_chunk(struct play *play, struct worker *worker)
{
    const struct duration_facts *facts = play->facts;
    size_t next = worker->chunk + 1;
    play->done_ms[worker->chunk] = worker->at_ms;
    if (next < facts->count && facts->chunks[next].unit == facts->chunks[worker->chunk].unit)
        begin(play, worker, next, worker->at_ms);
    else
        worker->busy = false;
}

/* The worker whose next event comes first; NULL: all are idle. */
static struct worker *next_worker(const struct play *play)
{
    struct worker *next = NULL;
    for (size_t i = 0; i < play->facts->parallel; i++) {
        struct worker *worker = &play->workers[i];
        if (worker->busy && (!next || worker->at_ms < next->at_ms))
            next = worker;
    }
    return next;
}

int64_t duration_play(const struct duration_facts *facts, int64_t *done_ms)
{
    SCOPED(mem) struct worker *workers = mem_alloc(facts->parallel, sizeof *workers);
    SCOPED(mem) bool *begun = mem_alloc(facts->count + 1, sizeof *begun);
    struct play play = {
        .facts = facts,
        .done_ms = done_ms,
        .workers = workers,
        .begun = begun,
        .level = facts->level,
    };
    int64_t end_ms = 0;
    begin_units(&play, 0);
    for (struct worker *worker; (worker = next_worker(&play));) {
        if (worker->made < facts->chunks[worker->chunk].requests) {
            step(&play, worker);
            continue;
        }
        end_ms = worker->at_ms > end_ms ? worker->at_ms : end_ms;
        end_chunk(&play, worker);
        begin_units(&play, end_ms);
    }
    return end_ms;
}
