"""What json-c takes to parse the pages of a result, and nothing else: the yardstick for the tool's processor time."""

import ctypes
import ctypes.util
import json
import time
import urllib.parse

import workload
from harness import ACCESS_TOKEN

_SAMPLE_PAGES = 20


class _Service:
    def __init__(self, simulator):
        self._simulator = simulator
        self._headers = {"Authorization": f"Bearer {ACCESS_TOKEN}"}

    def ask(self, method, path, body=None):
        status, text = self._simulator.request(method, path, body, self._headers)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status}")
        return text


def _page_texts(simulator, rows):
    """Some of the pages, as they come: a generator, so that one at a time is held."""
    service = _Service(simulator)
    path = f"/tokenflex/v1/usage/{workload.CONTRACT}/query"
    query = json.loads(service.ask("POST", path, json.dumps(workload.body(workload.FIRST))))["id"]
    pages = -(-rows // workload.PAGE_ROWS)
    for page in range(min(pages, _SAMPLE_PAGES)):
        place = urllib.parse.urlencode({"offset": page * workload.PAGE_ROWS, "limit": workload.PAGE_ROWS})
        yield service.ask("GET", f"{path}/{query}?{place}")


def _library():
    library = ctypes.CDLL(ctypes.util.find_library("json-c"))
    library.json_tokener_parse.argtypes = [ctypes.c_char_p]
    library.json_tokener_parse.restype = ctypes.c_void_p
    library.json_object_put.argtypes = [ctypes.c_void_p]
    return library


def parsing_seconds(simulator, rows):
    """Processor time for so many rows, and megabytes of JSON a second."""
    library = _library()
    taken, read = 0.0, 0
    for text in _page_texts(simulator, rows):
        began = time.process_time()
        parsed = library.json_tokener_parse(text)
        library.json_object_put(parsed)
        taken += time.process_time() - began
        read += len(text)
        if not parsed:
            raise RuntimeError("json-c cannot read a page")
    sampled = min(rows, _SAMPLE_PAGES * workload.PAGE_ROWS)
    return taken * rows / sampled, read / taken / 1e6
