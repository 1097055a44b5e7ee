"""What one would script: pages by http.client and json, rows by psycopg2. peer.py ORDER.json

It is as careful as a script gets: numbers stay the text they came as, and all is one transaction.
"""

import csv
import http.client
import io
import json
import sys
import time
import urllib.parse

import psycopg2
import psycopg2.extras


class Service:
    def __init__(self, order):
        self._order = order
        parts = urllib.parse.urlsplit(order["url"])
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)
        self._path = parts.path

    def _ask(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self._order['token']}"}
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]}")
        return json.loads(text, parse_float=str, parse_int=str)

    def pages(self):
        """Lists of rows."""
        query = self._ask("POST", self._path, json.dumps(self._order["body"]))
        offset, total = 0, None
        while total is None or offset < total:
            place = urllib.parse.urlencode({"offset": offset, "limit": self._order["page_rows"]})
            answer = self._ask("GET", f"{self._path}/{query['id']}?{place}")
            if answer["status"] != "DONE":
                if answer["status"] not in ("QUEUED", "PROCESSING"):
                    raise RuntimeError(answer["status"])
                time.sleep(0.01)
                continue
            result = answer["result"]
            total = int(result["total"])
            yield result["rows"]
            offset += len(result["rows"])


def copy_rows(cursor, order):
    cursor.execute(order["stage"])
    for rows in Service(order).pages():
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        text.seek(0)
        cursor.copy_expert("copy stage from stdin with (format csv)", text)
    cursor.execute(order["upsert"])


def insert_rows(cursor, order):
    values = ", ".join(["%s"] * (1 + len(order["body"]["fields"]) + len(order["body"]["metrics"])))
    template = f"({values}, {int(order['run_id'])}, now())"
    for rows in Service(order).pages():
        rows = [[order["contract"], *row] for row in rows]
        psycopg2.extras.execute_values(cursor, order["upsert"], rows, template, page_size=1000)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        order = json.load(file)
    connection = psycopg2.connect("")
    with connection, connection.cursor() as cursor:
        (copy_rows if order["way"] == "copy" else insert_rows)(cursor, order)
    connection.close()


main()
