# cmake -DSQL_ROOT=… -DHEADER=… -DSOURCE=… -P embed_sql.cmake
#
# Compiles sql/**.sql into the binary: the numbered files of sql/migrations/ become the ordered array sql_migrations, the
# views of sql/reports/ the array sql_reports, and each other file one NUL-ended text, named as the file whichever folder it
# is in: sql/run/run_start.sql is SQL_RUN_START. The first line of a view's file names the tables that it reads:
# `-- needs: TABLE TABLE`. A second one may name those that it reads if they exist: `-- uses: TABLE TABLE`.
file(GLOB statements LIST_DIRECTORIES false ${SQL_ROOT}/*/*.sql)
list(FILTER statements EXCLUDE REGEX "/(migrations|reports)/[^/]*$")
file(GLOB migrations LIST_DIRECTORIES false ${SQL_ROOT}/migrations/*.sql)
file(GLOB reports LIST_DIRECTORIES false ${SQL_ROOT}/reports/*.sql)
list(SORT statements)
list(SORT reports)
list(SORT migrations)

# The tables that a view's file names behind `-- KEY:`, as a C string literal of one a line.
function(table_names file key out)
  file(STRINGS ${file} names REGEX "^-- ${key}:" LIMIT_COUNT 1)
  string(REGEX MATCHALL "[a-z_0-9]+" names "${names}")
  list(POP_FRONT names)
  string(REPLACE ";" "\\n" names "${names}")
  set(${out} "\"${names}\"" PARENT_SCOPE)
endfunction()

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
string(APPEND header "extern const struct sql_migration sql_migrations[];\nextern const size_t sql_migration_count;\n\n")
string(APPEND header "struct sql_report {\n    const char *name;\n    const char *needs; /* tables, one a line */\n    const char *uses; /* the same, of tables that may be missing */\n    const char *text;\n};\n\n")
string(APPEND header "extern const struct sql_report sql_reports[];\nextern const size_t sql_report_count;\n\n#endif\n")
string(APPEND source "const struct sql_migration sql_migrations[] = {\n")
foreach(file IN LISTS migrations)
  get_filename_component(stem ${file} NAME_WE)
  string(REGEX MATCH "^[0-9]+" number ${stem})
  string(REGEX REPLACE "^0+" "" number ${number})
  c_literal(${file} literal)
  string(APPEND source "    {${number}, \"${stem}\",\n    ${literal}},\n")
endforeach()
string(APPEND source "};\n\nconst size_t sql_migration_count = sizeof sql_migrations / sizeof sql_migrations[0];\n")

string(APPEND source "const struct sql_report sql_reports[] = {\n")
foreach(file IN LISTS reports)
  get_filename_component(stem ${file} NAME_WE)
  table_names(${file} needs needs)
  table_names(${file} uses uses)
  c_literal(${file} literal)
  string(APPEND source "    {\"${stem}\", ${needs}, ${uses},\n    ${literal}},\n")
endforeach()
string(APPEND source "};\n\nconst size_t sql_report_count = sizeof sql_reports / sizeof sql_reports[0];\n")

file(WRITE ${HEADER}.new "${header}")
file(WRITE ${SOURCE}.new "${source}")
file(COPY_FILE ${HEADER}.new ${HEADER} ONLY_IF_DIFFERENT)
file(COPY_FILE ${SOURCE}.new ${SOURCE} ONLY_IF_DIFFERENT)
