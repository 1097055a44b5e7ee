#include "load/proof_check.h"

#include "base/readable.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* At most this many differing figures are shown. */
#define MAX_FIGURES 4

/* At most this many differing days are shown. */
#define MAX_DAYS 3

/* Room for figure_name(), and for values_of(). */
#define FIGURE_NAME 40
#define VALUES_WORDS (JOB_COLUMN_NAME + 16)

static const struct target *target_of(const struct proof_claim *claim)
{
    return claim->scope->target;
}

/* The name of a figure of a column in the result of the statement: `sum_12`. */
static const char *figure_name(const char *figure, size_t column, const char *suffix,
                               char out[static FIGURE_NAME])
{
    snprintf(out, FIGURE_NAME, "%s_%zu%s", figure, column, suffix);
    return out;
}

static const char *values_of(const char *column, char out[static VALUES_WORDS])
{
    snprintf(out, VALUES_WORDS, "values of %s", column);
    return out;
}

static void put_column(struct statement *statement, const struct target_column *column)
{
    statement_put(statement, "t.");
    statement_put_identifier(statement, column->name);
}

/* Appends the weight of a row, the same as in figures_add(). */
static void put_weight(struct statement *statement)
{
    statement_put(statement,
                  "(get_byte(uuid_send(t._row_key), 0) * 65536 + get_byte(uuid_send(t._row_key), 1) * 256"
                  " + get_byte(uuid_send(t._row_key), 2))");
}

/* `count(*) as rows, count(t."a") as values_1, … as sum_1, … as weighted` */
static void put_figures(const struct target *target, struct statement *statement)
{
    statement_put(statement, "count(*) as rows, ");
    for (size_t i = 0; i < target->count; i++) {
        if (!figures_has(&target->columns[i]))
            continue;
        statement_put(statement, "count(");
        put_column(statement, &target->columns[i]);
        buf_print(&statement->sql, ") as values_%zu, coalesce(trim_scale(sum(", i);
        put_column(statement, &target->columns[i]);
        buf_print(&statement->sql, ")), 0) as sum_%zu, ", i);
    }
    statement_put(statement, "coalesce(trim_scale(sum(");
    put_weight(statement);
    statement_put(statement, " * (1::numeric");
    for (size_t i = 0; i < target->count; i++) {
        if (!figures_has(&target->columns[i]))
            continue;
        statement_put(statement, " + coalesce(");
        put_column(statement, &target->columns[i]);
        statement_put(statement, ", 0)");
    }
    statement_put(statement, "))), 0) as weighted");
}

/* Appends ` from … where …`: the rows that are compared, as `t`. */
static void put_rows(const struct proof_claim *claim, struct statement *statement)
{
    statement_put(statement, " from ");
    scope_put_table(claim->scope, statement);
    if (claim->rows == PROOF_STAGED) {
        statement_put(statement, " join ");
        statement_put(statement, claim->scope->stage);
        statement_put(statement, " s on ");
        scope_put_same_key(claim->scope, "s", "t", statement);
    }
    statement_put(statement, " where ");
    scope_put(claim->scope, statement);
    if (claim->rows == PROOF_RUN) {
        statement_put(statement, " and t._run_id = ");
        statement_put_value(statement, claim->run_id, "bigint");
    }
}

/* The figures that differ, in words. */
struct differences {
    size_t count;
    struct buf words; /* `rows 3 instead of 2, tokens 5 instead of 4`: the first MAX_FIGURES */
};

static void differences_cleanup(struct differences *differences)
{
    buf_release(&differences->words);
}

static void compare(struct differences *differences, const char *what, const char *found,
                    const char *expected)
{
    char shown_found[80];
    char shown_expected[80];
    if (text_equal(found, expected) || differences->count++ >= MAX_FIGURES)
        return;
    buf_print(&differences->words, "%s%s %s instead of %s", differences->count > 1 ? ", " : "", what,
              text_excerpt(found, strlen(found), shown_found, sizeof shown_found),
              text_excerpt(expected, strlen(expected), shown_expected, sizeof shown_expected));
}

static void compare_count(struct differences *differences, const char *what, const char *found,
                          uint64_t expected)
{
    char text[PG_NUMBER];
    compare(differences, what, found, pg_number((int64_t)expected, text));
}

static void compare_sum(struct differences *differences, const char *what, const char *found,
                        const struct decimal_sum *expected)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    decimal_sum_put(expected, &text);
    compare(differences, what, found, buf_text(&text));
}

/* Adds how many figures differ beyond those that are shown. */
static void end_comparison(struct differences *differences)
{
    if (differences->count > MAX_FIGURES)
        buf_print(&differences->words, " and %zu more", differences->count - MAX_FIGURES);
}

/* Shown only if nothing else differs: then values are in the wrong rows, or rows have other keys. */
#define WEIGHTED_WORDS "the sum that ties values to rows is"

static void compare_figures(struct differences *differences, const struct target *target,
                            const PGresult *found, const struct figures *expected)
{
    char name[FIGURE_NAME];
    char words[VALUES_WORDS];
    compare_count(differences, "rows", pg_value(found, 0, "rows"), expected->rows);
    for (size_t i = 0; i < target->count; i++) {
        const char *column = target->columns[i].name;
        const struct column_figures *figures = &expected->columns[i];
        if (!figures_has(&target->columns[i]))
            continue;
        compare_sum(differences, column, pg_value(found, 0, figure_name("sum", i, "", name)), figures->sum);
        compare_count(differences, values_of(column, words),
                      pg_value(found, 0, figure_name("values", i, "", name)), figures->values);
    }
    SCOPED(decimal_sum) struct decimal_sum *weighted = decimal_sum_make();
    figures_add_weighted(expected, target, weighted);
    if (differences->count == 0)
        compare_sum(differences, WEIGHTED_WORDS, pg_value(found, 0, "weighted"), weighted);
    end_comparison(differences);
}

/* Differences by day between the staged rows and those of the table. */

/* `…, trim_scale(…) as sum_1_sent, trim_scale(…) as sum_1_found` of the figure sum_1. */
static void put_both_sides(struct statement *statement, const char *figure)
{
    buf_print(&statement->sql,
              ", trim_scale(coalesce(sum(%s) filter (where is_sent), 0)) as %s_sent"
              ", trim_scale(coalesce(sum(%s) filter (where not is_sent), 0)) as %s_found",
              figure, figure, figure, figure);
}

static void put_unequal(struct statement *statement, const char *figure)
{
    buf_print(&statement->sql, " or %s_sent <> %s_found", figure, figure);
}

static void put_each_figure(const struct target *target, struct statement *statement,
                            void (*put)(struct statement *statement, const char *figure))
{
    char name[FIGURE_NAME];
    put(statement, "rows");
    for (size_t i = 0; i < target->count; i++) {
        if (!figures_has(&target->columns[i]))
            continue;
        put(statement, figure_name("sum", i, "", name));
        put(statement, figure_name("values", i, "", name));
    }
    put(statement, "weighted");
}

static void put_side(const struct target *target, bool is_sent, struct statement *statement)
{
    statement_put(statement, "select ");
    put_column(statement, &target->columns[target->day]);
    buf_print(&statement->sql, "::date as day, %s as is_sent, ", is_sent ? "true" : "false");
    put_figures(target, statement);
}

static void put_days(const struct proof_claim *claim, struct statement *statement)
{
    const struct target *target = target_of(claim);
    statement_put(statement, "with side as (");
    put_side(target, true, statement);
    statement_put(statement, " from ");
    statement_put(statement, claim->scope->stage);
    statement_put(statement, " t group by 1 union all ");
    put_side(target, false, statement);
    put_rows(claim, statement);
    statement_put(statement, " group by 1), both_sides as (select day");
    put_each_figure(target, statement, put_both_sides);
    statement_put(statement, " from side group by day) select *, count(*) over () as days from both_sides "
                             "where false");
    put_each_figure(target, statement, put_unequal);
    buf_print(&statement->sql, " order by day limit %d", MAX_DAYS);
}

static void compare_day(struct differences *differences, const struct target *target, const PGresult *days,
                        int row)
{
    char found[FIGURE_NAME];
    char sent[FIGURE_NAME];
    char words[VALUES_WORDS];
    compare(differences, "rows", pg_value(days, row, "rows_found"), pg_value(days, row, "rows_sent"));
    for (size_t i = 0; i < target->count; i++) {
        const char *column = target->columns[i].name;
        if (!figures_has(&target->columns[i]))
            continue;
        compare(differences, column, pg_value(days, row, figure_name("sum", i, "_found", found)),
                pg_value(days, row, figure_name("sum", i, "_sent", sent)));
        compare(differences, values_of(column, words),
                pg_value(days, row, figure_name("values", i, "_found", found)),
                pg_value(days, row, figure_name("values", i, "_sent", sent)));
    }
    if (differences->count == 0)
        compare(differences, WEIGHTED_WORDS, pg_value(days, row, "weighted_found"),
                pg_value(days, row, "weighted_sent"));
    end_comparison(differences);
}

/* Appends the days on which table and staged rows differ. If no day differs, the staged rows themselves are
 * not what was received. */
static bool put_different_days(const struct proof_claim *claim, struct pg *pg, struct buf *words,
                               struct err *err)
{
    const struct target *target = target_of(claim);
    SCOPED(statement) struct statement statement = statement_make();
    if (target->day == target->count || !claim->scope->stage)
        return true;
    put_days(claim, &statement);
    SCOPED(pg_result) PGresult *days = statement_run(&statement, pg, err);
    if (!days)
        return false;
    for (int row = 0; row < PQntuples(days); row++) {
        SCOPED(differences) struct differences differences = {.words = buf_make(BUF_OWN_TEXT)};
        const char *day = pg_null(days, row, "day") ? "no day" : pg_value(days, row, "day");
        compare_day(&differences, target, days, row);
        buf_print(words, "; %s: %s", day, buf_text(&differences.words));
    }
    if (PQntuples(days) == 0)
        buf_put(words, "; the staged rows differ from the received ones in the same way");
    else if (pg_count(days, 0, "days") > MAX_DAYS)
        buf_print(words, "; and %" PRIu64 " more day%s", pg_count(days, 0, "days") - MAX_DAYS,
                  readable_plural(pg_count(days, 0, "days") - MAX_DAYS));
    return true;
}

/* Without statistics of a new table, the planner would use an index for what is a read of the whole table. */
static PGresult *run_scan(const struct proof_claim *claim, const struct statement *statement, struct pg *pg,
                          struct err *err)
{
    if (!claim->is_whole_table)
        return statement_run(statement, pg, err);
    if (!pg_exec(pg, "set local enable_indexscan to off; set local enable_bitmapscan to off", err))
        return NULL;
    PGresult *found = statement_run(statement, pg, err);
    if (found && !pg_exec(pg, "reset enable_indexscan; reset enable_bitmapscan", err))
        pg_result_cleanup(&found);
    return found;
}

/* `create temporary table … as select … group by 1`. Several processes may work at it. */
static void put_days_table(const struct proof_claim *claim, struct statement *statement)
{
    const struct target *target = target_of(claim);
    statement_put(statement, "create temporary table " PROOF_DAYS " on commit drop as select ");
    put_column(statement, &target->columns[target->day]);
    statement_put(statement, "::date as day, ");
    put_figures(target, statement);
    put_rows(claim, statement);
    statement_put(statement, " group by 1");
}

/* The figures of all days together. */
static void put_sum_of_days(const struct target *target, struct statement *statement)
{
    statement_put(statement, "select coalesce(sum(rows), 0) as rows");
    for (size_t i = 0; i < target->count; i++)
        if (figures_has(&target->columns[i]))
            buf_print(&statement->sql,
                      ", coalesce(sum(values_%zu), 0) as values_%zu"
                      ", coalesce(trim_scale(sum(sum_%zu)), 0) as sum_%zu",
                      i, i, i, i);
    statement_put(statement, ", coalesce(trim_scale(sum(weighted)), 0) as weighted from pg_temp." PROOF_DAYS);
}

static PGresult *add_up_by_day(const struct proof_claim *claim, struct pg *pg, struct err *err)
{
    SCOPED(statement) struct statement days = statement_make();
    SCOPED(statement) struct statement sum = statement_make();
    put_days_table(claim, &days);
    SCOPED(pg_result) PGresult *made = statement_run(&days, pg, err);
    put_sum_of_days(target_of(claim), &sum);
    return made ? statement_run(&sum, pg, err) : NULL;
}

static PGresult *add_up(const struct proof_claim *claim, struct pg *pg, struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    if (claim->by_day)
        return add_up_by_day(claim, pg, err);
    statement_put(&statement, "select ");
    put_figures(target_of(claim), &statement);
    put_rows(claim, &statement);
    return run_scan(claim, &statement, pg, err);
}

static bool check_figures(const struct proof *proof, const struct proof_claim *claim, struct pg *pg,
                          struct err *err)
{
    SCOPED(differences) struct differences differences = {.words = buf_make(BUF_OWN_TEXT)};
    SCOPED(pg_result) PGresult *found = add_up(claim, pg, err);
    if (!found)
        return false;
    compare_figures(&differences, target_of(claim), found, proof_figures(proof));
    if (differences.count == 0)
        return true;
    return put_different_days(claim, pg, &differences.words, err) &&
           err_set(err, ERR_DATA, "%s", buf_text(&differences.words));
}

bool proof_read_table(const struct proof_claim *claim, struct pg *pg, struct buf *lines, struct err *err)
{
    char name[FIGURE_NAME];
    const struct target *target = target_of(claim);
    SCOPED(statement) struct statement statement = statement_make();
    statement_put(&statement, "select ");
    put_figures(target, &statement);
    put_rows(claim, &statement);
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    if (!found)
        return err_wrap(err, "cannot add up table %s.%s", target->schema, target->table);
    buf_print(lines, "rows %s\nweighted %s", pg_value(found, 0, "rows"), pg_value(found, 0, "weighted"));
    for (size_t i = 0; i < target->count; i++) {
        if (!figures_has(&target->columns[i]))
            continue;
        buf_print(lines, "\n%s %s", target->columns[i].name,
                  pg_value(found, 0, figure_name("sum", i, "", name)));
        buf_print(lines, " %s", pg_value(found, 0, figure_name("values", i, "", name)));
    }
    return true;
}

/* Checks the number of rows that are not staged. */
static bool check_other_rows(const struct proof *proof, const struct proof_claim *claim, struct pg *pg,
                             struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    uint64_t expected = proof_figures(proof)->rows + claim->rows_not_staged;
    if (claim->rows != PROOF_STAGED)
        return true;
    statement_put(&statement, "select count(*) as rows from ");
    scope_put_table(claim->scope, &statement);
    statement_put(&statement, " where ");
    scope_put(claim->scope, &statement);
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    if (!found)
        return false;
    return pg_count(found, 0, "rows") == expected ||
           err_set(err, ERR_DATA, "%" PRIu64 " row%s instead of %" PRIu64, pg_count(found, 0, "rows"),
                   readable_plural(pg_count(found, 0, "rows")), expected);
}

bool proof_check(const struct proof *proof, const struct proof_claim *claim, struct pg *pg, struct err *err)
{
    const struct target *target = target_of(claim);
    if (check_figures(proof, claim, pg, err) && check_other_rows(proof, claim, pg, err))
        return true;
    if (err->kind != ERR_DATA || err->sqlstate[0] != '\0')
        return err_wrap(err, "cannot prove the load of table %s.%s", target->schema, target->table);
    err_wrap(err, "table %s.%s would not hold what the service has answered", target->schema, target->table);
    return err_hint(err, "nothing was loaded");
}
