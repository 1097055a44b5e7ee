#include "load/proof_check.h"

#include "base/text.h"
#include "load/stage_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* So many figures that differ are told. */
#define MOST_FIGURES 4

/* A figure's name as a column of a result: `sum_12`. */
#define FIGURE_COLUMN 32

static const struct target *target_of(const struct proof_claim *claim)
{
    return claim->scope->target;
}

static void put_column(struct statement *statement, const struct target_column *column)
{
    statement_put(statement, "t.");
    statement_put_identifier(statement, column->name);
}

/* A row's weight, as figures_add() has it. */
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
        buf_print(&statement->sql, "::numeric)), 0) as sum_%zu, ", i);
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

/* ` from … where …`: the rows that are compared, as `t`. */
static void put_rows(const struct proof_claim *claim, struct statement *statement)
{
    statement_put(statement, " from ");
    scope_put_table(claim->scope, statement);
    if (claim->rows == PROOF_STAGED)
        statement_put(statement, " join pg_temp." STAGE_TABLE " s on s._row_key = t._row_key");
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
    struct buf words; /* `rows 3 instead of 2, tokens 5 instead of 4`: the first MOST_FIGURES */
};

static void compare(struct differences *differences, const char *what, const char *found,
                    const char *expected)
{
    char shown_found[80];
    char shown_expected[80];
    if (text_equal(found, expected) || differences->count++ >= MOST_FIGURES)
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

static void compare_figures(struct differences *differences, const struct target *target,
                            const PGresult *found, const struct figures *expected)
{
    compare_count(differences, "rows", pg_value(found, 0, "rows"), expected->rows);
    for (size_t i = 0; i < target->count; i++) {
        char column[FIGURE_COLUMN];
        char values[JOB_COLUMN_NAME + 16];
        const char *name = target->columns[i].name;
        const struct column_figures *figures = &expected->columns[i];
        if (!figures_has(&target->columns[i]))
            continue;
        snprintf(column, sizeof column, "sum_%zu", i);
        compare_sum(differences, name, pg_value(found, 0, column), figures->sum);
        snprintf(column, sizeof column, "values_%zu", i);
        snprintf(values, sizeof values, "values of %s", name);
        compare_count(differences, values, pg_value(found, 0, column), figures->values);
    }
    /* Told only where nothing else differs: it says that values are in other rows than they belong to. */
    if (differences->count == 0)
        compare_sum(differences, "the sum that ties values to rows is", pg_value(found, 0, "weighted"),
                    expected->weighted);
    if (differences->count > MOST_FIGURES)
        buf_print(&differences->words, " and %zu more figures", differences->count - MOST_FIGURES);
}

static bool check_figures(const struct proof *proof, const struct proof_claim *claim, struct pg *pg,
                          struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    struct differences differences = {.words = buf_make(BUF_OWN_TEXT)};
    statement_put(&statement, "select ");
    put_figures(target_of(claim), &statement);
    put_rows(claim, &statement);
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    if (!found)
        return false;
    compare_figures(&differences, target_of(claim), found, proof_figures(proof));
    if (differences.count > 0)
        err_set(err, ERR_DATA, "%s", buf_text(&differences.words));
    buf_release(&differences.words);
    return differences.count == 0;
}

/* The rows beside those whose figures are compared are as many as they should be. */
static bool check_beside(const struct proof *proof, const struct proof_claim *claim, struct pg *pg,
                         struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    uint64_t expected = proof_figures(proof)->rows + claim->beside;
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
           err_set(err, ERR_DATA, "%" PRIu64 " rows instead of %" PRIu64, pg_count(found, 0, "rows"),
                   expected);
}

bool proof_check(const struct proof *proof, const struct proof_claim *claim, struct pg *pg, struct err *err)
{
    const struct target *target = target_of(claim);
    if (check_figures(proof, claim, pg, err) && check_beside(proof, claim, pg, err))
        return true;
    if (err->kind != ERR_DATA || err->sqlstate[0] != '\0')
        return err_wrap(err, "cannot prove the load of table %s.%s", target->schema, target->table);
    err_wrap(err, "table %s.%s would not hold what the service has answered", target->schema, target->table);
    return err_hint(err, "nothing was loaded");
}
