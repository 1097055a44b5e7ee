"""A way to a private server that can be cut: connections to a TCP port lead to the server's socket until something is said."""

import pathlib
import socket
import threading


class Gate:
    def __init__(self, server):
        self._path = str(pathlib.Path(server.host) / f".s.PGSQL.{server.port}")
        self._words = []
        self._is_open = True
        self._lock = threading.Lock()
        self._pairs = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.was_cut = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at(self, *words):
        """When clients have said these in their order: the last one does not arrive, every connection ends, and no other is
        accepted."""
        self.was_cut.clear()
        self._words = list(words)

    def open(self):
        self._words = []
        self._is_open = True

    def _hears_last(self, data):
        with self._lock:
            while self._words and self._words[0] in data:
                word = self._words.pop(0)
                if not self._words:
                    return True
                data = data[data.index(word) + len(word) :]
            return False

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            if not self._is_open:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._path)
            except OSError:
                client.close()
                continue
            with self._lock:
                self._pairs.append((client, server))
            threading.Thread(target=self._pass_on, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, False), daemon=True).start()

    def _pass_on(self, source, sink, is_client):
        try:
            while data := source.recv(65536):
                if is_client and self._hears_last(data):
                    self._cut()
                    return
                sink.sendall(data)
        except OSError:
            pass
        finally:
            self._end(source)
            self._end(sink)

    @staticmethod
    def _end(one):
        """close() alone does not wake the thread that reads it."""
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()

    def _cut(self):
        self._is_open = False
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for one in pair:
                self._end(one)
        self.was_cut.set()
