/* state/schema.h, the half that writes a script for psql. */
#include "sql/statements.h"
#include "state/schema.h"

/* The level is psql's variable of that name. What is newer than this script is not touched. */
static void put_refusal(struct buf *script)
{
    buf_print(script,
              "select :level > %d as schema_is_newer \\gset\n"
              "\\if :schema_is_newer\n"
              "do $$ begin raise 'the schema tokenflex_etl is at a level above %d: it was made by a newer "
              "tokenflex-etl'; end $$;\n"
              "\\endif\n",
              sql_migrations[sql_migration_count - 1].number, sql_migrations[sql_migration_count - 1].number);
}

static void put_migration(const struct sql_migration *migration, struct buf *script)
{
    buf_print(script,
              "\nselect :level < %d as is_missing \\gset\n"
              "\\if :is_missing\n"
              "\\echo applying %s\n",
              migration->number, migration->name);
    buf_put(script, migration->text);
    buf_print(script, "insert into tokenflex_etl.migration (number, name) values (%d, ", migration->number);
    pg_put_literal(script, migration->name);
    buf_put(script, ");\n\\endif\n");
}

void schema_put_script(struct buf *script)
{
    buf_put(script, SQL_SCRIPT_BEGIN);
    put_refusal(script);
    for (size_t i = 0; i < sql_migration_count; i++)
        put_migration(&sql_migrations[i], script);
}

void schema_put_script_end(const char *target_schema, struct buf *script)
{
    buf_put(script, SQL_SCRIPT_ROLE);
    buf_put(script, "grant usage, create on schema ");
    pg_put_identifier(script, target_schema);
    buf_put(script, " to :\"role\";\n\\endif\n\ncommit;\n");
}

void schema_put_applied(const struct schema_change *change, struct arena *arena, struct text_list *names)
{
    *names = (struct text_list){0};
    for (size_t i = 0; i < sql_migration_count; i++) {
        const struct sql_migration *migration = &sql_migrations[i];
        if (migration->number > change->from && migration->number <= change->to)
            arena_add_text(arena, names, migration->name);
    }
}
