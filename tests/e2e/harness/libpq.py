"""Queries over libpq, in this process: a psql for each of them takes many times as long."""

import contextlib
import ctypes
import threading

_CONNECTION_OK = 0
_TUPLES_OK = 2
_ERRORS = (5, 7)  # PGRES_BAD_RESPONSE, PGRES_FATAL_ERROR


def _load():
    """With the types of what is called here (PostgreSQL manual, libpq)."""
    library = ctypes.CDLL("libpq.so.5")
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("PQconnectdbParams", pointer, [ctypes.POINTER(text), ctypes.POINTER(text), number]),
        ("PQerrorMessage", text, [pointer]),
        ("PQstatus", number, [pointer]),
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


class Connection:
    def __init__(self, parameters):
        parameters = {**parameters, "client_encoding": "UTF8"}
        self._connection = _libpq.PQconnectdbParams(_texts(list(parameters)), _texts(list(parameters.values())), 0)
        _libpq.PQsetNoticeProcessor(self._connection, _ignore_notice, None)

    def query(self, statements):
        """The rows of the last statement, tuples of text and None. RuntimeError with the server's message."""
        result = _libpq.PQexec(self._connection, statements.encode())
        try:
            status = _libpq.PQresultStatus(result)
            if result is None or status in _ERRORS:
                raise RuntimeError(_libpq.PQerrorMessage(self._connection).decode())
            return _rows_of(result) if status == _TUPLES_OK else []
        finally:
            _libpq.PQclear(result)

    @property
    def is_lost(self):
        return _libpq.PQstatus(self._connection) != _CONNECTION_OK

    def close(self):
        _libpq.PQfinish(self._connection)


def query(parameters, statements):
    """What Connection.query() returns, over a connection of its own."""
    with contextlib.closing(Connection(parameters)) as connection:
        return connection.query(statements)


class Asker:
    """A connection that stays for what comes next, since another process of the server takes longer than most of it."""

    def __init__(self, parameters):
        self._parameters = parameters
        self._connection = None
        self._lock = threading.Lock()

    def query(self, select):
        """What Connection.query() returns for a statement that leaves nothing behind in its session, and may be executed
        twice."""
        if not self._lock.acquire(blocking=False):
            return query(self._parameters, select)
        try:
            return self._ask(select)
        finally:
            self._lock.release()

    def _ask(self, select):
        if self._connection:
            try:
                return self._connection.query(select)
            except RuntimeError:
                if not self._connection.is_lost:
                    raise
                self.close()
        self._connection = Connection(self._parameters)
        return self._connection.query(select)

    def execute(self, script):
        """SQL that is executed once, as one transaction if it has none of its own; what it leaves in its session is discarded.
        False: not executed, because the connection is in use, or a statement wants no transaction around it."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            self._ask("select")
            try:
                self._connection.query(script)
            except RuntimeError as error:
                if "cannot run inside a transaction block" in str(error):
                    return False
                raise
            finally:
                self._discard()
            return True
        finally:
            self._lock.release()

    def _discard(self):
        if not self._connection.is_lost:
            for statement in ("rollback", "discard all"):
                self._connection.query(statement)

    def close(self):
        if self._connection:
            self._connection.close()
            self._connection = None
