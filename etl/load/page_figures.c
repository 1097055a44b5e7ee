#include "load/page_figures.h"

#include "load/page_figures_inner.h"
#include "load/report_text.h"
#include "load/reports.h"
#include "sql/statements.h"

#include <stdio.h>
#include <string.h>

#define NEEDS "-- needs:"
#define USES "-- uses:"

/* Bytes of the name of a view or table. */
#define NAME_BYTES 64

static const char *const statements[PAGE_PARTS] = {
    [PAGE_CONTRACTS] = SQL_PAGE_CONTRACTS,
    [PAGE_CONTRACTS_NAMED] = SQL_PAGE_CONTRACTS_NAMED,
    [PAGE_CONTRACTS_YEARS] = SQL_PAGE_CONTRACTS_YEARS,
    [PAGE_OVERVIEW] = SQL_PAGE_OVERVIEW,
    [PAGE_DAYS] = SQL_PAGE_DAYS,
    [PAGE_BALANCE] = SQL_PAGE_BALANCE,
    [PAGE_BURN] = SQL_PAGE_BURN,
    [PAGE_MONTHS] = SQL_PAGE_MONTHS,
    [PAGE_PRODUCTS] = SQL_PAGE_PRODUCTS,
    [PAGE_PRODUCTS_CHANGED] = SQL_PAGE_PRODUCTS_CHANGED,
    [PAGE_WEEK] = SQL_PAGE_WEEK,
    [PAGE_DEPARTMENTS] = SQL_PAGE_DEPARTMENTS,
    [PAGE_DEPARTMENTS_NAME] = SQL_PAGE_DEPARTMENTS_NAME,
    [PAGE_USERS] = SQL_PAGE_USERS,
    [PAGE_NAMES] = SQL_PAGE_NAMES,
    [PAGE_RESTATEMENTS] = SQL_PAGE_RESTATEMENTS,
    [PAGE_RECONCILIATION] = SQL_PAGE_RECONCILIATION,
    [PAGE_DIFFERENCES] = SQL_PAGE_DIFFERENCES,
    [PAGE_FRESHNESS] = SQL_PAGE_FRESHNESS,
    [PAGE_FAILURES] = SQL_PAGE_FAILURES,
};

bool page_begin(struct pg *pg, const char *schema, struct err *err)
{
    SCOPED(buf) struct buf path = buf_make(BUF_OWN_TEXT);
    reports_put_search_path(schema, &path);
    if (!pg_exec(pg, "begin isolation level repeatable read read only", err) ||
        !pg_exec(pg, buf_text(&path), err))
        return false;
    SCOPED(pg_result) PGresult *set = pg_query(pg, SQL_PAGE_SETTINGS, PG_NO_PARAMS, err);
    return set != NULL;
}

static void put_words(const char *words, struct buf *out)
{
    for (const char *word = words; *word == ' ';) {
        word += strspn(word, " ");
        size_t length = strcspn(word, " \n");
        if (length > 0)
            buf_print(out, "%s%.*s", out->length > 0 ? "\n" : "", (int)length, word);
        word += length;
    }
}

void page_put_tables(const char *sql, const char *key, struct buf *tables)
{
    for (const char *line = sql; text_starts_with(line, NEEDS) || text_starts_with(line, USES);) {
        if (text_starts_with(line, key))
            put_words(line + strlen(key), tables);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
}

static void put_newest_month(const char *table, struct buf *out)
{
    static const char placeholder[] = "TABLE";
    const char *text = SQL_PAGE_NEWEST_MONTH;
    for (const char *at; (at = strstr(text, placeholder)); text = at + strlen(placeholder))
        buf_print(out, "%.*s%s", (int)(at - text), text, table);
    buf_put(out, text);
}

static void put_view(const char *name, struct buf *out)
{
    static const struct text_list no_tables;
    report_text_put_query(report_text_find(name), &no_tables, out);
}

static void put_line(const char *line, size_t length, struct buf *out)
{
    static const struct {
        const char *beginning;
        void (*put)(const char *name, struct buf *out);
    } parts[] = {{"-- view ", put_view}, {"-- newest month of ", put_newest_month}};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        char name[NAME_BYTES];
        size_t begin = strlen(parts[i].beginning);
        if (!text_starts_with(line, parts[i].beginning))
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(length - begin), line + begin);
        parts[i].put(name, out);
        buf_put(out, "\n");
        return;
    }
    buf_print(out, "%.*s\n", (int)length, line);
}

void page_put_statement(const char *sql, struct buf *out)
{
    for (const char *line = sql; *line;) {
        size_t length = strcspn(line, "\n");
        put_line(line, length, out);
        line += line[length] ? length + 1 : length;
    }
}

/* The connection ends, or somebody has cancelled the statement. */
static bool is_ending(const char *sqlstate)
{
    return *sqlstate == '\0' || text_starts_with(sqlstate, "08") || text_starts_with(sqlstate, "57");
}

bool page_problem_of(const struct err *failed, struct arena *arena, struct page_problem *problem)
{
    static const struct {
        const char *sqlstate;
        enum page_problem_kind kind;
    } problems[] = {
        {"42501", PAGE_PROBLEM_FORBIDDEN},   /* insufficient_privilege */
        {"42P01", PAGE_PROBLEM_TOOL_SCHEMA}, /* undefined_table: those of the jobs were looked for before */
        {"42703", PAGE_PROBLEM_COLUMNS},     /* undefined_column */
        {"42883", PAGE_PROBLEM_COLUMNS},     /* undefined_function: of other types */
        {"42804", PAGE_PROBLEM_COLUMNS},     /* datatype_mismatch */
    };
    if (is_ending(failed->sqlstate))
        return false;
    *problem =
        (struct page_problem){.kind = PAGE_PROBLEM_FAILED, .cause = arena_copy_text(arena, failed->text)};
    for (size_t i = 0; i < COUNT_OF(problems); i++)
        if (text_equal(failed->sqlstate, problems[i].sqlstate))
            problem->kind = problems[i].kind;
    return true;
}

/* What is read, with which parameters; contract: the only one, or NULL. */
struct reading {
    enum page_part part;
    const char *contract;
    struct pg_params params;
};

static bool split_tables(const struct page_source *source, const char *sql, const char *key,
                         struct report_tables *tables, struct err *err)
{
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    *tables = (struct report_tables){0};
    page_put_tables(sql, key, &names);
    return names.length == 0 ||
           reports_split_tables(source->pg, source->schema, buf_text(&names), source->arena, tables, err);
}

/* Looks for the tables that a statement reads: *used are those of its optional parts. */
static bool find_tables(const struct page_source *source, const char *sql, struct text_list *used,
                        struct page_problem *problem, struct err *err)
{
    struct report_tables needed;
    struct report_tables optional;
    if (!split_tables(source, sql, NEEDS, &needed, err) || !split_tables(source, sql, USES, &optional, err))
        return false;
    *used = optional.existing;
    if (needed.is_forbidden)
        *problem = (struct page_problem){
            .kind = PAGE_PROBLEM_FORBIDDEN,
            .cause = arena_print(source->arena, "the role may not use the schema %s", source->schema)};
    else if (needed.missing.count > 0)
        *problem = (struct page_problem){.kind = PAGE_PROBLEM_MISSING, .missing = needed.missing};
    else
        problem->missing = optional.missing;
    return true;
}

/* Whether the contract's rows in the tables of a statement are what the shipped jobs load. */
static bool judge_tables(const struct page_source *source, const char *sql, const char *contract,
                         struct page_problem *problem, struct err *err)
{
    SCOPED(buf) struct buf names = buf_make(BUF_OWN_TEXT);
    page_put_tables(sql, NEEDS, &names);
    page_put_tables(sql, USES, &names);
    if (!contract || names.length == 0)
        return true;
    SCOPED(pg_result)
    PGresult *told = pg_query(source->pg, SQL_PAGE_TABLES, PG_PARAMS(buf_text(&names), contract), err);
    if (!told)
        return false;
    problem->remark = pg_copy(told, 0, "remark", source->arena);
    if (!pg_null(told, 0, "problem"))
        *problem = (struct page_problem){.kind = PAGE_PROBLEM_UNFIT,
                                         .cause = pg_copy(told, 0, "problem", source->arena)};
    return true;
}

/* A part whose tables exist; used are the optional ones of them. */
static bool read_tables(const struct page_source *source, const struct reading *reading,
                        const struct text_list *used, PGresult **rows, struct page_problem *problem,
                        struct err *err)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    SCOPED(buf) struct buf sql = buf_make(BUF_OWN_TEXT);
    if (!judge_tables(source, statements[reading->part], reading->contract, problem, err))
        return false;
    if (problem->kind != PAGE_PROBLEM_NONE)
        return true;
    report_text_put(statements[reading->part], used, &text);
    page_put_statement(buf_text(&text), &sql);
    *rows = pg_query(source->pg, buf_text(&sql), reading->params, err);
    return *rows != NULL;
}

static bool read_part(const struct page_source *source, const struct reading *reading, PGresult **rows,
                      struct page_problem *problem, struct err *err)
{
    struct err failed;
    struct text_list used;
    *rows = NULL;
    *problem = (struct page_problem){0};
    if (!find_tables(source, statements[reading->part], &used, problem, err))
        return false;
    if (problem->kind != PAGE_PROBLEM_NONE)
        return true;
    if (!pg_exec(source->pg, "savepoint page", err))
        return false;
    if (read_tables(source, reading, &used, rows, problem, &failed))
        return pg_exec(source->pg, "release savepoint page", err);
    if (page_problem_of(&failed, source->arena, problem))
        return pg_exec(source->pg, "rollback to savepoint page", err);
    *err = failed;
    return false;
}

bool page_read(const struct page_source *source, enum page_part part, struct pg_params params,
               PGresult **rows, struct page_problem *problem, struct err *err)
{
    return read_part(source, &(struct reading){part, NULL, params}, rows, problem, err);
}

static const char *array_of(const struct page_days *days, const char *contract, const char *column)
{
    for (int row = 0; contract && row < PQntuples(days->rows); row++)
        if (text_equal(pg_value(days->rows, row, "contract_number"), contract))
            return pg_value(days->rows, row, column);
    return "{}";
}

/* A problem of the days is one of the part, unless tables are missing: the part itself names all of these. */
static bool read_with_days(const struct page_source *source, enum page_part part, const char *contract,
                           PGresult **rows, struct page_problem *problem, struct err *err)
{
    const struct page_days *days = source->days;
    if (!days->rows && days->problem.kind != PAGE_PROBLEM_MISSING) {
        *rows = NULL;
        *problem = days->problem;
        return true;
    }
    const char *usage_days = days->rows ? array_of(days, contract, "days") : "{}";
    const char *tokens = days->rows ? array_of(days, contract, "tokens") : "{}";
    struct reading reading = {part, contract, PG_PARAMS(contract, usage_days, tokens)};
    return read_part(source, &reading, rows, problem, err);
}

bool page_read_contract(const struct page_source *source, enum page_part part, const char *contract,
                        PGresult **rows, struct page_problem *problem, struct err *err)
{
    if (part == PAGE_BURN || part == PAGE_WEEK)
        return read_with_days(source, part, contract, rows, problem, err);
    return read_part(source, &(struct reading){part, contract, PG_PARAMS(contract)}, rows, problem, err);
}

bool page_days_read(const struct page_source *source, struct page_days *days, struct err *err)
{
    return page_read(source, PAGE_DAYS, PG_NO_PARAMS, &days->rows, &days->problem, err);
}

void page_days_cleanup(struct page_days *days)
{
    pg_result_cleanup(&days->rows);
}
