#include "state/work.h"

#include "sql/statements.h"

#include <inttypes.h>

static const char *copy(const PGresult *result, int row, const char *column, struct arena *arena)
{
    return arena_copy_text(arena, pg_value(result, row, column));
}

static bool fail(struct err *err)
{
    return err_wrap(err, "cannot read or write the work of the share");
}

/* A statement whose only result is the number of changed rows. */
static bool change(struct pg *pg, const char *sql, struct pg_params params, uint64_t *rows, struct err *err)
{
    SCOPED(pg_result) PGresult *changed = pg_query(pg, sql, params, err);
    if (!changed)
        return fail(err);
    *rows = pg_rows_affected(changed);
    return true;
}

static bool change_any(struct pg *pg, const char *sql, struct pg_params params, struct err *err)
{
    uint64_t rows = 0;
    return change(pg, sql, params, &rows, err);
}

/* As change(), for the chunk of a claim. If no row was changed, another host has taken the chunk over: sets
 * claim->is_lost, ERR_LATER. */
static bool change_own(struct pg *pg, const char *sql, struct pg_params params, struct work_claim *claim,
                       struct err *err)
{
    uint64_t rows = 0;
    if (!change(pg, sql, params, &rows, err))
        return false;
    claim->is_lost = rows == 0;
    return rows > 0 ||
           err_set(err, ERR_LATER,
                   "another host has taken the chunk over, because this host had not renewed its lease");
}

bool work_lock(struct pg *pg, const char *share, struct err *err)
{
    return change_any(pg, SQL_WORK_LOCK, PG_PARAMS(share), err);
}

bool work_today(struct pg *pg, date_t *today, struct err *err)
{
    SCOPED(pg_result) PGresult *looked = pg_query(pg, SQL_WORK_TODAY, PG_NO_PARAMS, err);
    if (!looked)
        return fail(err);
    *today = work_read_date(looked, 0, "today");
    return true;
}

static struct work_round read_round(const PGresult *result, const char *share, struct arena *arena)
{
    return (struct work_round){
        .share = share,
        .round = pg_integer(result, 0, "round"),
        .invocation_id = copy(result, 0, "invocation_id", arena),
        .today = work_read_date(result, 0, "today"),
    };
}

bool work_find(struct pg *pg, const char *share, const char *task, struct arena *arena,
               struct work_found *found, struct err *err)
{
    *found = (struct work_found){0};
    SCOPED(pg_result) PGresult *looked = pg_query(pg, SQL_WORK_ROUND_FIND, PG_PARAMS(share, task), err);
    if (!looked)
        return fail(err);
    if (PQntuples(looked) == 0)
        return true;
    *found = (struct work_found){
        .exists = true,
        .round = read_round(looked, share, arena),
        .facts = copy(looked, 0, "facts", arena),
        .hosts = copy(looked, 0, "hosts", arena),
        .is_filled = pg_flag(looked, 0, "is_filled"),
        .is_old = pg_flag(looked, 0, "is_old"),
    };
    return true;
}

bool work_open(struct pg *pg, const struct work_opening *opening, struct arena *arena,
               struct work_round *round, struct err *err)
{
    if (!change_any(pg, SQL_WORK_PRUNE, PG_PARAMS(opening->share), err))
        return false;
    SCOPED(pg_result)
    PGresult *opened =
        pg_query(pg, SQL_WORK_ROUND_OPEN, PG_PARAMS(opening->share, opening->task, opening->facts), err);
    if (!opened)
        return fail(err);
    *round = read_round(opened, opening->share, arena);
    return true;
}

bool work_join(struct pg *pg, const struct work_round *round, struct work_member *member, struct err *err)
{
    char texts[3][PG_NUMBER];
    SCOPED(pg_result)
    PGresult *joined =
        pg_query(pg, SQL_WORK_JOIN,
                 PG_PARAMS(round->share, pg_number(round->round, texts[0]), member->host,
                           pg_number(member->pid, texts[1]), pg_number(WORK_LEASE_MS, texts[2])),
                 err);
    if (!joined)
        return fail(err);
    member->id = pg_integer(joined, 0, "member_id");
    return true;
}

bool work_leave(struct pg *pg, const struct work_member *member, struct err *err)
{
    char text[PG_NUMBER];
    return change_any(pg, SQL_WORK_LEAVE, PG_PARAMS(pg_number(member->id, text)), err);
}

bool work_lock_presence(struct pg *pg, const struct work_round *round, struct err *err)
{
    return change_any(pg, SQL_WORK_LOCK_PRESENCE, PG_PARAMS(round->invocation_id), err);
}

bool work_filling(struct pg *pg, const struct work_round *round, const struct work_member *member,
                  struct arena *arena, struct work_filling *filling, struct err *err)
{
    char texts[2][PG_NUMBER];
    SCOPED(pg_result)
    PGresult *looked = pg_query(
        pg, SQL_WORK_ROUND_FILL,
        PG_PARAMS(round->share, pg_number(round->round, texts[0]), pg_number(member->id, texts[1])), err);
    if (!looked)
        return fail(err);
    *filling = (struct work_filling){.is_over = true};
    if (PQntuples(looked) > 0)
        *filling = (struct work_filling){
            .is_filled = pg_flag(looked, 0, "is_filled"),
            .is_over = pg_flag(looked, 0, "is_over"),
            .is_ours = pg_flag(looked, 0, "is_ours"),
            .asked = work_read_lines(looked, 0, "asked", arena),
        };
    return true;
}

bool work_hand_on(struct pg *pg, const struct work_round *round, const struct work_member *member,
                  bool *handed_on, struct err *err)
{
    char texts[2][PG_NUMBER];
    SCOPED(pg_result)
    PGresult *handed = pg_query(
        pg, SQL_WORK_HAND_ON,
        PG_PARAMS(round->share, pg_number(round->round, texts[0]), pg_number(member->id, texts[1])), err);
    *handed_on = handed && PQntuples(handed) > 0;
    return handed || fail(err);
}

/* Appends a line to a column. */
static void put_line(struct buf *column, size_t before, const char *text)
{
    buf_print(column, "%s%s", before > 0 ? "\n" : "", text ? text : "");
}

struct work_lines work_lines_make(void)
{
    struct buf empty = buf_make(BUF_OWN_TEXT);
    return (struct work_lines){empty, empty, empty, empty, empty, empty, empty, empty, empty, empty, 0};
}

void work_lines_cleanup(struct work_lines *lines)
{
    struct buf *columns[] = {&lines->jobs,    &lines->contracts, &lines->first_days, &lines->end_days,
                             &lines->numbers, &lines->counts,    &lines->requests,   &lines->errors,
                             &lines->kinds,   &lines->hints};
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        buf_release(columns[i]);
}

void work_lines_add(struct work_lines *lines, const struct work_line *line)
{
    struct window_days days;
    char text[PG_NUMBER];
    bool refused = line->refused->kind != ERR_NONE;
    window_put_days(line->window, &days);
    put_line(&lines->jobs, lines->count, line->job);
    put_line(&lines->contracts, lines->count, line->contract);
    put_line(&lines->first_days, lines->count, days.from);
    put_line(&lines->end_days, lines->count, days.to);
    put_line(&lines->numbers, lines->count, pg_number((int64_t)line->number, text));
    put_line(&lines->counts, lines->count, pg_number((int64_t)line->count, text));
    put_line(&lines->requests, lines->count, pg_number((int64_t)line->requests_before, text));
    put_line(&lines->errors, lines->count, refused ? line->refused->text : NULL);
    put_line(&lines->kinds, lines->count, refused ? err_kind_info(line->refused->kind)->name : NULL);
    put_line(&lines->hints, lines->count, refused ? line->refused->hint : NULL);
    lines->count++;
}

bool work_fill(struct pg *pg, const struct work_round *round, const struct work_member *member,
               const struct work_lines *lines, const struct text_list *asked, bool *filled, struct err *err)
{
    char texts[2][PG_NUMBER];
    SCOPED(buf) struct buf contracts = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < asked->count; i++)
        put_line(&contracts, i, asked->items[i]);
    SCOPED(pg_result)
    PGresult *listed =
        pg_query(pg, SQL_WORK_FILL,
                 PG_PARAMS(round->share, pg_number(round->round, texts[0]), pg_number(member->id, texts[1]),
                           buf_text(&lines->jobs), buf_text(&lines->contracts), buf_text(&lines->first_days),
                           buf_text(&lines->end_days), buf_text(&lines->numbers), buf_text(&lines->counts),
                           buf_text(&lines->requests), buf_text(&lines->errors), buf_text(&lines->kinds),
                           buf_text(&lines->hints), buf_text(&contracts)),
                 err);
    if (!listed)
        return fail(err);
    *filled = pg_count(listed, 0, "filled") > 0;
    return !*filled || pg_count(listed, 0, "chunks") == lines->count ||
           err_set(err, ERR_BUG, "the round was filled with other chunks than were listed");
}

bool work_list(struct pg *pg, const struct work_round *round, struct arena *arena, struct work_chunks *chunks,
               struct err *err)
{
    char text[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *listed =
        pg_query(pg, SQL_WORK_LIST, PG_PARAMS(round->share, pg_number(round->round, text)), err);
    if (!listed)
        return fail(err);
    chunks->count = (size_t)PQntuples(listed);
    chunks->items = arena_alloc(arena, chunks->count + 1, sizeof *chunks->items);
    for (int i = 0; i < PQntuples(listed); i++)
        chunks->items[i] = (struct work_chunk){
            .work_id = pg_integer(listed, i, "work_id"),
            .job = copy(listed, i, "job", arena),
            .contract = copy(listed, i, "contract_number", arena),
            .window = work_read_window(listed, i),
            .number = (size_t)pg_count(listed, i, "chunk"),
            .count = (size_t)pg_count(listed, i, "chunks"),
            .requests_before = pg_count(listed, i, "requests_before"),
        };
    return true;
}

static bool find_others(struct pg *pg, const struct work_round *round, const char *host, struct arena *arena,
                        const char **others, struct err *err)
{
    char text[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *found =
        pg_query(pg, SQL_WORK_OTHERS, PG_PARAMS(round->share, pg_number(round->round, text), host), err);
    if (!found)
        return fail(err);
    *others = copy(found, 0, "hosts", arena);
    return true;
}

bool work_read_rows(struct pg *pg, const struct work_round *round, const char *host, struct arena *arena,
                    struct work_rows *rows, struct err *err)
{
    char text[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *looked =
        pg_query(pg, SQL_WORK_ROWS, PG_PARAMS(round->share, pg_number(round->round, text)), err);
    if (!looked)
        return fail(err);
    rows->count = (size_t)PQntuples(looked);
    rows->items = arena_alloc(arena, rows->count + 1, sizeof *rows->items);
    for (int i = 0; i < PQntuples(looked); i++)
        rows->items[i] = (struct work_row){
            .work_id = pg_integer(looked, i, "work_id"),
            .job = copy(looked, i, "job", arena),
            .contract = copy(looked, i, "contract_number", arena),
            .state = work_read_state(looked, i),
            .host = copy(looked, i, "host", arena),
            .failed_host = copy(looked, i, "failed_host", arena),
            .takes = (size_t)pg_integer(looked, i, "claim"),
            .lease_left_ms = pg_integer(looked, i, "lease_left_ms"),
        };
    return find_others(pg, round, host, arena, &rows->others, err);
}

bool work_take(struct pg *pg, const struct work_member *member, const int64_t *work_ids, size_t count,
               struct arena *arena, struct work_claim *claim, const char **taken_from, struct err *err)
{
    char texts[2][PG_NUMBER];
    SCOPED(buf) struct buf wanted = buf_make(BUF_OWN_TEXT);
    *claim = (struct work_claim){0};
    *taken_from = NULL;
    for (size_t i = 0; i < count; i++)
        buf_print(&wanted, "%s%" PRId64, i > 0 ? "\n" : "", work_ids[i]);
    SCOPED(pg_result)
    PGresult *taken = pg_query(pg, SQL_WORK_CLAIM,
                               PG_PARAMS(buf_text(&wanted), pg_number(member->id, texts[0]), member->host,
                                         pg_number(WORK_LEASE_MS, texts[1])),
                               err);
    if (!taken)
        return fail(err);
    if (PQntuples(taken) == 0)
        return true;
    *claim = (struct work_claim){
        .work_id = pg_integer(taken, 0, "work_id"),
        .number = (int)pg_integer(taken, 0, "claim"),
    };
    if (!pg_null(taken, 0, "taken_from"))
        *taken_from = copy(taken, 0, "taken_from", arena);
    return true;
}

/* The claim as parameters. */
struct claim_texts {
    char work_id[PG_NUMBER];
    char number[PG_NUMBER];
};

static void put_claim(const struct work_claim *claim, struct claim_texts *texts)
{
    pg_number(claim->work_id, texts->work_id);
    pg_number(claim->number, texts->number);
}

bool work_note_run(struct pg *pg, struct work_claim *claim, int64_t run_id, struct err *err)
{
    struct claim_texts own;
    char text[PG_NUMBER];
    put_claim(claim, &own);
    return change_own(pg, SQL_WORK_RUN, PG_PARAMS(own.work_id, own.number, pg_number(run_id, text)), claim,
                      err);
}

bool work_renew(struct pg *pg, struct work_claim *claim, struct err *err)
{
    struct claim_texts own;
    char text[PG_NUMBER];
    put_claim(claim, &own);
    return change_own(pg, SQL_WORK_RENEW, PG_PARAMS(own.work_id, own.number, pg_number(WORK_LEASE_MS, text)),
                      claim, err);
}

bool work_lock_claim(struct pg *pg, struct work_claim *claim, struct err *err)
{
    struct claim_texts own;
    put_claim(claim, &own);
    return change_own(pg, SQL_WORK_LOCK_CLAIM, PG_PARAMS(own.work_id, own.number), claim, err);
}

bool work_end(struct pg *pg, struct work_claim *claim, const struct work_end *end, struct err *err)
{
    struct claim_texts own;
    char text[PG_NUMBER];
    const struct err *reason = end->reason;
    put_claim(claim, &own);
    return change_own(pg, SQL_WORK_END,
                      PG_PARAMS(own.work_id, own.number, work_state_name(end->state),
                                pg_number(end->run_id, text), reason ? reason->text : NULL,
                                reason ? err_kind_info(reason->kind)->name : NULL,
                                reason ? reason->hint : NULL),
                      claim, err);
}

bool work_return(struct pg *pg, struct work_claim *claim, const char *failed_host, const struct err *reason,
                 struct err *err)
{
    struct claim_texts own;
    put_claim(claim, &own);
    return change_own(pg, SQL_WORK_RETURN,
                      PG_PARAMS(own.work_id, own.number, failed_host, reason ? reason->text : NULL,
                                reason ? err_kind_info(reason->kind)->name : NULL,
                                reason ? reason->hint : NULL),
                      claim, err);
}

bool work_renew_all(struct pg *pg, const struct work_member *member, const struct work_claim *claims,
                    size_t count, struct err *err)
{
    char texts[2][PG_NUMBER];
    SCOPED(buf) struct buf own = buf_make(BUF_OWN_TEXT);
    for (size_t i = 0; i < count; i++)
        buf_print(&own, "%s%" PRId64 " %d", i > 0 ? "\n" : "", claims[i].work_id, claims[i].number);
    return change_any(
        pg, SQL_WORK_RENEW_ALL,
        PG_PARAMS(pg_number(member->id, texts[0]), buf_text(&own), pg_number(WORK_LEASE_MS, texts[1])), err);
}

bool work_fail_waiting(struct pg *pg, const struct work_round *round, const char *host, struct err *err)
{
    char text[PG_NUMBER];
    return change_any(pg, SQL_WORK_FAIL_WAITING, PG_PARAMS(round->share, pg_number(round->round, text), host),
                      err);
}

bool work_close(struct pg *pg, const struct work_round *round, struct err *err)
{
    char text[PG_NUMBER];
    return change_any(pg, SQL_WORK_CLOSE, PG_PARAMS(round->share, pg_number(round->round, text)), err);
}

bool work_failures(struct pg *pg, const struct work_round *round, struct arena *arena,
                   struct work_failures *failures, struct err *err)
{
    char text[PG_NUMBER];
    SCOPED(pg_result)
    PGresult *failed =
        pg_query(pg, SQL_WORK_FAILURES, PG_PARAMS(round->share, pg_number(round->round, text)), err);
    if (!failed)
        return fail(err);
    failures->count = (size_t)PQntuples(failed);
    failures->items = arena_alloc(arena, failures->count + 1, sizeof *failures->items);
    for (int i = 0; i < PQntuples(failed); i++)
        failures->items[i] = (struct work_failure){
            .job = copy(failed, i, "job", arena),
            .contract = copy(failed, i, "contract_number", arena),
            .window = work_read_window(failed, i),
            .host = copy(failed, i, "host", arena),
            .error = copy(failed, i, "error", arena),
            .kind = err_kind_named(pg_value(failed, i, "error_kind")),
        };
    return true;
}
