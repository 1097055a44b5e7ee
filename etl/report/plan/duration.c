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

struct simulation {
    const struct duration_facts *facts;
    int64_t *done_ms;
    struct worker *workers;
    bool *begun;               /* one flag per chunk */
    struct budget_level level; /* at level_at_ms */
    int64_t level_at_ms;
    uint64_t reserved; /* pages of submitted queries that are not fetched yet */
};

static struct budget_level level_at(const struct simulation *simulation, int64_t at_ms)
{
    int64_t span_ms = at_ms > simulation->level_at_ms ? at_ms - simulation->level_at_ms : 0;
    return budget_later(&simulation->facts->budget, &simulation->level, span_ms);
}

/* Takes one request, due at at_ms, from the budget; returns when it is sent. */
static int64_t take(struct simulation *simulation, int64_t at_ms)
{
    if (simulation->facts->budget.per_minute <= 0)
        return at_ms;
    if (at_ms < simulation->facts->level.blocked_ms)
        at_ms = simulation->facts->level.blocked_ms;
    if (at_ms > simulation->level_at_ms) {
        simulation->level = level_at(simulation, at_ms);
        simulation->level_at_ms = at_ms;
    }
    budget_note_taken(&simulation->facts->budget, &simulation->level);
    int64_t wait_ms = budget_fill_ms(&simulation->facts->budget, &simulation->level, 0);
    return at_ms + (wait_ms > 0 ? wait_ms - 1 : 0);
}

/* How long a submit waits until the budget can also pay for its pages. */
static int64_t submit_wait_ms(const struct simulation *simulation, const struct duration_chunk *chunk,
                              int64_t at_ms)
{
    const struct duration_facts *facts = simulation->facts;
    if (facts->budget.per_minute <= 0)
        return 0;
    struct submit_facts submit = {.requests_needed = chunk->pages + simulation->reserved,
                                  .lifetime_ms = facts->result_lifetime_ms};
    struct budget_level level = level_at(simulation, at_ms);
    return queue_submit_wait_ms(&facts->budget, &level, &submit);
}

static void step(struct simulation *simulation, struct worker *worker)
{
    const struct duration_chunk *chunk = &simulation->facts->chunks[worker->chunk];
    int64_t wait_ms =
        worker->made == 0 && !worker->waited ? submit_wait_ms(simulation, chunk, worker->at_ms) : 0;
    if (wait_ms > 0) {
        worker->waited = true;
        worker->at_ms += wait_ms;
        return;
    }
    int64_t made_ms = take(simulation, worker->at_ms);
    worker->made++;
    if (worker->made == 1)
        simulation->reserved += chunk->pages;
    else if (simulation->reserved > 0 && worker->made > chunk->requests - chunk->pages)
        simulation->reserved--;
    bool waits = worker->made == 1 && chunk->requests > 1;
    bool ends = worker->made == chunk->requests;
    worker->at_ms =
        made_ms + simulation->facts->request_ms + (waits ? chunk->ready_ms : 0) + (ends ? chunk->load_ms : 0);
}

static bool target_is_busy(const struct simulation *simulation, size_t target)
{
    for (size_t i = 0; i < simulation->facts->parallel; i++)
        if (simulation->workers[i].busy &&
            simulation->facts->chunks[simulation->workers[i].chunk].target == target)
            return true;
    return false;
}

/* The first chunk of a work unit that may begin; `count` if there is none. */
static size_t find_unit(const struct simulation *simulation)
{
    const struct duration_facts *facts = simulation->facts;
    for (size_t i = 0; i < facts->count; i++) {
        bool is_first = i == 0 || facts->chunks[i].unit != facts->chunks[i - 1].unit;
        if (is_first && !simulation->begun[i] && !target_is_busy(simulation, facts->chunks[i].target))
            return i;
    }
    return facts->count;
}

static void begin(struct simulation *simulation, struct worker *worker, size_t chunk, int64_t at_ms)
{
    simulation->begun[chunk] = true;
    *worker = (struct worker){.busy = true, .chunk = chunk, .at_ms = at_ms};
}

static void begin_units(struct simulation *simulation, int64_t now_ms)
{
    for (size_t i = 0; i < simulation->facts->parallel; i++) {
        size_t chunk = simulation->workers[i].busy ? simulation->facts->count : find_unit(simulation);
        if (chunk < simulation->facts->count)
            begin(simulation, &simulation->workers[i], chunk, now_ms);
    }
}

/* The chunk is done: begins the next chunk of its work unit, or frees the worker. */
static void end_chunk(struct simulation *simulation, struct worker *worker)
{
    const struct duration_facts *facts = simulation->facts;
    size_t next = worker->chunk + 1;
    simulation->done_ms[worker->chunk] = worker->at_ms;
    if (next < facts->count && facts->chunks[next].unit == facts->chunks[worker->chunk].unit)
        begin(simulation, worker, next, worker->at_ms);
    else
        worker->busy = false;
}

/* The worker whose next event comes first; NULL: all are idle. */
static struct worker *next_worker(const struct simulation *simulation)
{
    struct worker *next = NULL;
    for (size_t i = 0; i < simulation->facts->parallel; i++) {
        struct worker *worker = &simulation->workers[i];
        if (worker->busy && (!next || worker->at_ms < next->at_ms))
            next = worker;
    }
    return next;
}

int64_t duration_simulate(const struct duration_facts *facts, int64_t *done_ms)
{
    SCOPED(mem) struct worker *workers = mem_alloc(facts->parallel, sizeof *workers);
    SCOPED(mem) bool *begun = mem_alloc(facts->count + 1, sizeof *begun);
    struct simulation simulation = {
        .facts = facts,
        .done_ms = done_ms,
        .workers = workers,
        .begun = begun,
        .level = facts->level,
    };
    int64_t end_ms = 0;
    begin_units(&simulation, 0);
    for (struct worker *worker; (worker = next_worker(&simulation));) {
        if (worker->made < facts->chunks[worker->chunk].requests) {
            step(&simulation, worker);
            continue;
        }
        end_ms = worker->at_ms > end_ms ? worker->at_ms : end_ms;
        end_chunk(&simulation, worker);
        begin_units(&simulation, end_ms);
    }
    return end_ms;
}
