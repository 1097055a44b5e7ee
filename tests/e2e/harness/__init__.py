"""What the end-to-end tests share: a private PostgreSQL, the API simulator, and the program under test.

A test program runs the built binaries through the interface that users have: settings, job files, command line, exit
code, tables. Its servers are its own, on a unix socket and on ports that are free, and are gone with it however it ends.
"""

from .case import CliTestCase, EtlTestCase, cases, main
from .etl import CONTRACT, Etl, Result
from .postgres import Database
from .programs import BUILD, SOURCE
from .rows import differences
from .simulator import ACCESS_TOKEN, Simulator

__all__ = [
    "ACCESS_TOKEN",
    "BUILD",
    "CONTRACT",
    "CliTestCase",
    "Database",
    "Etl",
    "EtlTestCase",
    "Result",
    "SOURCE",
    "Simulator",
    "cases",
    "differences",
    "main",
]
