"""A table against what the simulator's generator says it has to hold."""


def differences(database, expected_csv, columns, table):
    """How many rows of the CSV the table lacks, and how many it has besides; every value is compared as its text.

    columns: {API name: column of the table}, in the order of the CSV.
    """
    typed = ", ".join(f'"{name}" text' for name in columns)
    loaded = f"select {', '.join(f'{column}::text' for column in columns.values())} from {table}"
    missing, surplus = database.row(
        f"create temporary table expected ({typed});\n"
        f"\\copy expected from pstdin with (format csv, header match)\n"
        f"{expected_csv.decode()}\\.\n"
        f"select (select count(*) from (table expected except all {loaded}) missing),"
        f" (select count(*) from ({loaded} except all table expected) surplus)"
    )
    return int(missing), int(surplus)
