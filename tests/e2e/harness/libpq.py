"""Queries over libpq, in this process: a psql for each of them takes many times as long."""

import ctypes

_TUPLES_OK = 2
_ERRORS = (5, 7)  # PGRES_BAD_RESPONSE, PGRES_FATAL_ERROR


def _load():
    """With the types of what is called here (PostgreSQL manual, libpq)."""
    library = ctypes.CDLL("libpq.so.5")
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("PQconnectdbParams", pointer, [ctypes.POINTER(text), ctypes.POINTER(text), number]),
        ("PQerrorMessage", text, [pointer]),
        ("PQsetNoticeProcessor", pointer, [pointer, pointer, pointer]),
        ("PQfinish", None, [pointer]),
        ("PQexec", pointer, [pointer, text]),
        ("PQresultStatus", number, [pointer]),
        ("PQntuples", number, [pointer]),
        ("PQnfields", number, [pointer]),
        ("PQgetvalue", text, [pointer, number, number]),
        ("PQgetisnull", number, [pointer, number, number]),
        ("PQclear", None, [pointer]),
    ):
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


_libpq = _load()

# Notices would be written to stderr.
_ignore_notice = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)(lambda *_: None)


def _texts(items):
    return (ctypes.c_char_p * (len(items) + 1))(*[item.encode() for item in items], None)


def _rows_of(result):
    columns = range(_libpq.PQnfields(result))
    return [
        tuple(
            None if _libpq.PQgetisnull(result, row, column) else _libpq.PQgetvalue(result, row, column).decode()
            for column in columns
        )
        for row in range(_libpq.PQntuples(result))
    ]


def query(parameters, statements):
    """The rows of the last statement, tuples of text and None, over a connection of its own. RuntimeError with the server's
    message."""
    parameters = {**parameters, "client_encoding": "UTF8"}
    connection = _libpq.PQconnectdbParams(_texts(list(parameters)), _texts(list(parameters.values())), 0)
    try:
        _libpq.PQsetNoticeProcessor(connection, _ignore_notice, None)
        result = _libpq.PQexec(connection, statements.encode())
        try:
            status = _libpq.PQresultStatus(result)
            if result is None or status in _ERRORS:
                raise RuntimeError(_libpq.PQerrorMessage(connection).decode())
            return _rows_of(result) if status == _TUPLES_OK else []
        finally:
            _libpq.PQclear(result)
    finally:
        _libpq.PQfinish(connection)
