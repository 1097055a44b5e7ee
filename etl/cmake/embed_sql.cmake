# cmake -DSQL_ROOT=… -DHEADER=… -DSOURCE=… -P embed_sql.cmake
#
# Compiles sql/**.sql into the binary: each file becomes one NUL-ended text, sql/run_start.sql is SQL_RUN_START, and the
# numbered files of sql/migrations/ the ordered array sql_migrations.
file(GLOB statements LIST_DIRECTORIES false ${SQL_ROOT}/*.sql)
file(GLOB migrations LIST_DIRECTORIES false ${SQL_ROOT}/migrations/*.sql)
list(SORT statements)
list(SORT migrations)

# A C string literal of the file's bytes, a line of text a line of source.
function(c_literal file out)
  file(READ ${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
  set(${out} "\"${text}\"" PARENT_SCOPE)
endfunction()

set(header "/* Made from sql/ by embed_sql.cmake. */\n#ifndef SQL_STATEMENTS_H\n#define SQL_STATEMENTS_H\n\n#include <stddef.h>\n\n")
set(source "/* Made from sql/ by embed_sql.cmake. */\n#include \"sql/statements.h\"\n\n")
foreach(file IN LISTS statements)
  get_filename_component(stem ${file} NAME_WE)
  string(TOUPPER "SQL_${stem}" name)
  c_literal(${file} literal)
  string(APPEND header "extern const char ${name}[];\n")
  string(APPEND source "const char ${name}[] =\n    ${literal};\n\n")
endforeach()

string(APPEND header "\nstruct sql_migration {\n    int number;\n    const char *name;\n    const char *text;\n};\n\n")
string(APPEND header "extern const struct sql_migration sql_migrations[];\nextern const size_t sql_migration_count;\n\n#endif\n")
string(APPEND source "const struct sql_migration sql_migrations[] = {\n")
foreach(file IN LISTS migrations)
  get_filename_component(stem ${file} NAME_WE)
  string(REGEX MATCH "^[0-9]+" number ${stem})
  string(REGEX REPLACE "^0+" "" number ${number})
  c_literal(${file} literal)
  string(APPEND source "    {${number}, \"${stem}\",\n    ${literal}},\n")
endforeach()
string(APPEND source "};\n\nconst size_t sql_migration_count = sizeof sql_migrations / sizeof sql_migrations[0];\n")

file(WRITE ${HEADER}.new "${header}")
file(WRITE ${SOURCE}.new "${source}")
file(COPY_FILE ${HEADER}.new ${HEADER} ONLY_IF_DIFFERENT)
file(COPY_FILE ${SOURCE}.new ${SOURCE} ONLY_IF_DIFFERENT)
