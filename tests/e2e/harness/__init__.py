"""What the end-to-end tests share: a private PostgreSQL, the API simulator, and the program under test.

A test program runs the built binaries through the interface that users have: settings, job files, command line, exit
code, tables. Its servers are its own, on a unix socket and on ports that are free, and are gone with it however it
ends.
"""

from . import exposition, grafana
from .case import CliTestCase, EtlTestCase, OneSetUp, cases, main
from .etl import CONTRACT, DEFAULT_COLUMNS, Etl, Result
from .export import ExportCase
from .html_report import HtmlReport
from .login import CONFIDENTIAL, PUBLIC, InDatabase, LoginTestCase, free_port
from .pooler import Pooler
from .postgres import Database
from .programs import SOURCE, TESTED_BUILD
from .receiver import Receiver
from .report_case import HOSTILE, TODAY, ReportCase
from .rows import differences
from .simulator import ACCESS_TOKEN, CLIENT, Simulator
from .terminal import Terminal

__all__ = [
    "ACCESS_TOKEN",
    "CONFIDENTIAL",
    "CLIENT",
    "CONTRACT",
    "CliTestCase",
    "DEFAULT_COLUMNS",
    "Database",
    "Etl",
    "EtlTestCase",
    "ExportCase",
    "HOSTILE",
    "HtmlReport",
    "InDatabase",
    "LoginTestCase",
    "OneSetUp",
    "PUBLIC",
    "Pooler",
    "Receiver",
    "ReportCase",
    "Result",
    "SOURCE",
    "Simulator",
    "TESTED_BUILD",
    "TODAY",
    "Terminal",
    "cases",
    "differences",
    "exposition",
    "free_port",
    "grafana",
    "main",
]
