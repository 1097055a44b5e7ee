#include "load/proof.h"

#include "base/decimal_sum.h"
#include "base/mem.h"
#include "base/text.h"
#include "load/row_key.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Figures of one column. */
struct column_sums {
    struct decimal_sum *sum;
    struct decimal_sum *weighted; /* by the bits of the rows' keys */
    uint64_t values;              /* that are not null */
};

struct figures {
    uint64_t rows;
    uint64_t weights; /* the sum of the rows' key bits */
    struct column_sums *columns;
};

/* A row without any value of the key. */
struct keyless {
    uint64_t row; /* its number, from 1; 0: there is none */
    struct decimal_sum **values;
};

struct proof {
    const struct target *target;
    struct figures now;
    struct figures kept;
    struct keyless keyless;
};

static struct figures make_figures(size_t count)
{
    struct figures figures = {.columns = mem_alloc(count, sizeof *figures.columns)};
    for (size_t i = 0; i < count; i++)
        figures.columns[i] = (struct column_sums){decimal_sum_make(), decimal_sum_make(), 0};
    return figures;
}

static void release_figures(struct figures *figures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        decimal_sum_release(figures->columns[i].sum);
        decimal_sum_release(figures->columns[i].weighted);
    }
    free(figures->columns);
}

static void copy_figures(struct figures *to, const struct figures *from, size_t count)
{
    to->rows = from->rows;
    to->weights = from->weights;
    for (size_t i = 0; i < count; i++) {
        decimal_sum_copy(to->columns[i].sum, from->columns[i].sum);
        decimal_sum_copy(to->columns[i].weighted, from->columns[i].weighted);
        to->columns[i].values = from->columns[i].values;
    }
}

struct proof *proof_make(const struct target *target)
{
    struct proof *proof = mem_alloc(1, sizeof *proof);
    proof->target = target;
    proof->now = make_figures(target->count);
    proof->kept = make_figures(target->count);
    proof->keyless.values = mem_alloc(target->count, sizeof *proof->keyless.values);
    for (size_t i = 0; i < target->count; i++)
        proof->keyless.values[i] = decimal_sum_make();
    return proof;
}

void proof_release(struct proof *proof)
{
    if (!proof)
        return;
    size_t count = proof->target->count;
    release_figures(&proof->now, count);
    release_figures(&proof->kept, count);
    for (size_t i = 0; i < count; i++)
        decimal_sum_release(proof->keyless.values[i]);
    free(proof->keyless.values);
    free(proof);
}

void proof_keep(struct proof *proof)
{
    copy_figures(&proof->kept, &proof->now, proof->target->count);
}

void proof_restore(struct proof *proof)
{
    copy_figures(&proof->now, &proof->kept, proof->target->count);
    if (proof->keyless.row > proof->now.rows)
        proof->keyless.row = 0;
}

static bool is_number(const struct target_column *column)
{
    return !column->in_key && (column->type == COLUMN_INTEGER || column->type == COLUMN_NUMERIC);
}

static struct decimal_number number_of(const struct value *value, enum column_type type)
{
    return type == COLUMN_INTEGER ? decimal_number_of(value->number)
                                  : decimal_number_read(value->bytes, value->length);
}

/* The bits of a key that weigh its row: the same in put_weight(). */
static int64_t weight_of(const unsigned char *key)
{
    return (int64_t)key[0] << 16 | key[1] << 8 | key[2];
}

static void put_weight(struct statement *statement)
{
    statement_put(statement,
                  "(get_byte(uuid_send(t._row_key), 0) * 65536 + get_byte(uuid_send(t._row_key), 1) * 256"
                  " + get_byte(uuid_send(t._row_key), 2))");
}

static bool is_keyless(const struct proof *proof, const struct value *values)
{
    const struct target *target = proof->target;
    for (size_t i = 0; i < target->key_count; i++)
        if (!values[target->key[i]].is_null)
            return false;
    return target->key_count > 0;
}

static bool keep_keyless(struct proof *proof, const struct value *values)
{
    bool kept = true;
    const struct target *target = proof->target;
    struct decimal_sum *zero = decimal_sum_make();
    proof->keyless.row = proof->now.rows;
    for (size_t i = 0; i < target->count; i++) {
        decimal_sum_copy(proof->keyless.values[i], zero);
        if (!is_number(&target->columns[i]) || values[i].is_null)
            continue;
        struct decimal_number number = number_of(&values[i], target->columns[i].type);
        kept = kept && decimal_sum_add(proof->keyless.values[i], &number, 1);
    }
    decimal_sum_release(zero);
    return kept;
}

bool proof_add(struct proof *proof, const struct value *values, const unsigned char *key, struct err *err)
{
    const struct target *target = proof->target;
    int64_t weight = weight_of(key);
    bool added = true;
    proof->now.rows++;
    proof->now.weights += (uint64_t)weight;
    for (size_t i = 0; i < target->count; i++) {
        if (!is_number(&target->columns[i]) || values[i].is_null)
            continue;
        struct column_sums *sums = &proof->now.columns[i];
        struct decimal_number number = number_of(&values[i], target->columns[i].type);
        added = added && decimal_sum_add(sums->sum, &number, 1) &&
                decimal_sum_add(sums->weighted, &number, weight);
        sums->values++;
    }
    if (is_keyless(proof, values))
        added = added && keep_keyless(proof, values);
    return added ||
           err_set(err, ERR_DATA, "row %" PRIu64 " has a number that cannot be added up", proof->now.rows);
}

/* Totals lines. */

static bool is_additive(const struct target *target, size_t column, bool documented)
{
    const struct catalogue_entry *entry = job_column_entry(target->job, target->columns[column].api_name);
    if (!is_number(&target->columns[column]))
        return false;
    return entry ? documented && entry->is_metric && entry->is_additive : !documented;
}

/* Whether the row's value is the sum of all others': half of the whole sum. *is_zero: and nothing at all. */
static bool sums_up(const struct proof *proof, size_t column, bool *is_zero)
{
    struct decimal_sum *rest = decimal_sum_make();
    decimal_sum_copy(rest, proof->now.columns[column].sum);
    struct decimal_sum *twice = decimal_sum_make();
    decimal_sum_add_sum(twice, proof->keyless.values[column]);
    decimal_sum_add_sum(twice, proof->keyless.values[column]);
    SCOPED(buf) struct buf whole = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf doubled = buf_make(BUF_OWN_TEXT);
    decimal_sum_put(rest, &whole);
    decimal_sum_put(twice, &doubled);
    *is_zero = decimal_sum_is_zero(twice);
    bool same = text_equal(buf_text(&whole), buf_text(&doubled));
    decimal_sum_release(rest);
    decimal_sum_release(twice);
    return same;
}

bool proof_refuse_totals_line(const struct proof *proof, struct err *err)
{
    bool all = true;
    bool any = false;
    bool documented = false;
    if (proof->keyless.row == 0 || proof->now.rows < 3)
        return true;
    for (size_t i = 0; i < proof->target->count; i++)
        documented |= is_additive(proof->target, i, true);
    for (size_t i = 0; i < proof->target->count; i++) {
        bool is_zero = true;
        if (!is_additive(proof->target, i, documented))
            continue;
        all = all && sums_up(proof, i, &is_zero);
        any |= !is_zero;
    }
    if (!all || !any)
        return true;
    err_set(err, ERR_DATA,
            "row %" PRIu64
            " is a totals line: it has no value of any field, and its metrics are the sums of the "
            "%" PRIu64 " other rows",
            proof->keyless.row, proof->now.rows - 1);
    return err_hint(err, "loaded, it would count everything twice; nothing was loaded");
}

/* The check. */

static void put_column(struct statement *statement, const char *name)
{
    statement_put(statement, "t.");
    statement_put_identifier(statement, name);
}

/* `count(t."a") as values_1, trim_scale(sum(t."a")) as sum_1, ` for each column of numbers. */
static void put_figures(const struct proof *proof, struct statement *statement)
{
    const struct target *target = proof->target;
    statement_put(statement, "count(*) as rows, ");
    for (size_t i = 0; i < target->count; i++) {
        if (!is_number(&target->columns[i]))
            continue;
        statement_put(statement, "count(");
        put_column(statement, target->columns[i].name);
        buf_print(&statement->sql, ") as values_%zu, coalesce(trim_scale(sum(", i);
        put_column(statement, target->columns[i].name);
        buf_print(&statement->sql, "::numeric)), 0) as sum_%zu, ", i);
    }
    statement_put(statement, "coalesce(trim_scale(sum(");
    put_weight(statement);
    statement_put(statement, " * (1::numeric");
    for (size_t i = 0; i < target->count; i++) {
        if (!is_number(&target->columns[i]))
            continue;
        statement_put(statement, " + coalesce(");
        put_column(statement, target->columns[i].name);
        statement_put(statement, ", 0)");
    }
    statement_put(statement, "))), 0) as weighted");
}

static void put_rows(const struct proof_claim *claim, struct statement *statement)
{
    statement_put(statement, " from ");
    scope_put_table(claim->scope, statement);
    if (claim->rows == PROOF_STAGED) {
        statement_put(statement, " join ");
        statement_put(statement, claim->scope->stage);
        statement_put(statement, " s on s._row_key = t._row_key");
    }
    statement_put(statement, " where ");
    scope_put(claim->scope, statement);
    if (claim->rows == PROOF_RUN) {
        statement_put(statement, " and t._run_id = ");
        statement_put_value(statement, claim->run_id, "bigint");
    }
}

/* What differs, as it is told. */
struct comparison {
    const struct proof *proof;
    const PGresult *found;
    struct buf told;
};

static void compare(struct comparison *comparison, const char *what, const char *found, const char *expected)
{
    if (text_equal(found, expected))
        return;
    if (comparison->told.length < 600)
        buf_print(&comparison->told, "%s%s %s instead of %s", comparison->told.length ? "; " : "", what,
                  found, expected);
}

static void compare_count(struct comparison *comparison, const char *what, const char *column,
                          uint64_t expected)
{
    char text[PG_NUMBER];
    compare(comparison, what, pg_value(comparison->found, 0, column), pg_number((int64_t)expected, text));
}

static void compare_sum(struct comparison *comparison, const char *what, const char *column,
                        const struct decimal_sum *expected)
{
    SCOPED(buf) struct buf text = buf_make((size_t)1 << 20);
    decimal_sum_put(expected, &text);
    compare(comparison, what, pg_value(comparison->found, 0, column), buf_text(&text));
}

static void compare_figures(struct comparison *comparison)
{
    const struct proof *proof = comparison->proof;
    const struct target *target = proof->target;
    struct decimal_sum *weighted = decimal_sum_make();
    struct decimal_number weights = decimal_number_of((int64_t)proof->now.weights);
    bool good = decimal_sum_add(weighted, &weights, 1);
    compare_count(comparison, "rows", "rows", proof->now.rows);
    for (size_t i = 0; i < target->count; i++) {
        char column[32];
        char what[JOB_COLUMN_NAME + 16];
        const struct column_sums *sums = &proof->now.columns[i];
        if (!is_number(&target->columns[i]))
            continue;
        snprintf(column, sizeof column, "sum_%zu", i);
        compare_sum(comparison, target->columns[i].name, column, sums->sum);
        snprintf(column, sizeof column, "values_%zu", i);
        snprintf(what, sizeof what, "values of %s", target->columns[i].name);
        compare_count(comparison, what, column, sums->values);
        decimal_sum_add_sum(weighted, sums->weighted);
    }
    /* Told only where nothing else differs: it says that values are in other rows than they belong to. */
    if (good && comparison->told.length == 0)
        compare_sum(comparison, "the sum that ties values to rows is", "weighted", weighted);
    decimal_sum_release(weighted);
}

static bool check_beside(const struct proof *proof, const struct proof_claim *claim, struct pg *pg,
                         struct err *err)
{
    SCOPED(statement) struct statement statement = statement_make();
    uint64_t expected = proof->now.rows + claim->beside;
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
    const struct target *target = proof->target;
    SCOPED(statement) struct statement statement = statement_make();
    statement_put(&statement, "select ");
    put_figures(proof, &statement);
    put_rows(claim, &statement);
    SCOPED(pg_result) PGresult *found = statement_run(&statement, pg, err);
    if (!found)
        return err_wrap(err, "cannot prove the load of table %s.%s", target->schema, target->table);
    struct comparison comparison = {proof, found, buf_make(BUF_OWN_TEXT)};
    compare_figures(&comparison);
    bool proved = comparison.told.length == 0;
    if (!proved)
        err_set(err, ERR_DATA, "%s", buf_text(&comparison.told));
    buf_release(&comparison.told);
    if (proved && check_beside(proof, claim, pg, err))
        return true;
    if (err->kind == ERR_DATA) {
        err_wrap(err, "table %s.%s would not hold what the service has answered", target->schema,
                 target->table);
        return err_hint(err, "nothing was loaded");
    }
    return false;
}
