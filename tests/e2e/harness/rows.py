"""A table against what the simulator's generator says it has to hold."""

import tempfile


def differences(database, expected_csv, columns, table):
    """How many rows of the CSV the table lacks, and how many it has besides; every value is compared as its text.

    columns: {API name: column of the table}, in the order of the CSV.
    """
    typed = ", ".join(f'"{name}" text' for name in columns)
    loaded = f"select {', '.join(f'{column}::text' for column in columns.values())} from {table}"
    # From a file: a psql before 18 sends the line that ends data in its input too, which a server from 18 on takes for a row.
    with tempfile.NamedTemporaryFile(prefix="tokenflex-e2e.") as file:
        file.write(expected_csv)
        file.flush()
        (line,) = database.run_psql(
            f"create temporary table expected ({typed});\n"
            f"\\copy expected from '{file.name}' with (format csv, header match)\n"
            f"select (select count(*) from (table expected except all {loaded}) missing),"
            f" (select count(*) from ({loaded} except all table expected) surplus)"
        )
    missing, surplus = line.split(",")
    return int(missing), int(surplus)
