"""A Hub on this machine: its API as far as downloads use it, over folders and files of a test."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE_BYTES = 1024
"""Files larger than this are told of as the Hub does of those in Git LFS."""


@dataclass
class SmallHub:
    """Repositories by name, what the server does wrong, and what it was asked."""

    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    cut_after: dict[str, int] = field(default_factory=dict)  # a file's first answers break off
    cuts: int = 1  # how many of them
    slow: set[str] = field(default_factory=set)  # files that stop after their first half
    lied: dict[str, bytes] = field(default_factory=dict)  # files whose content is another one
    claimed_bytes: dict[str, int] = field(default_factory=dict)  # files said to be so large
    broken: bool = False
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, range
    released: threading.Event = field(default_factory=threading.Event)
    endpoint: str = ""

    def add_folder(self, name: str, folder: Path) -> None:
        """Offer a folder as a repository."""
        self.repositories[name] = {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file()
        }

    def fetched(self) -> list[str]:
        """Return the files that were asked for, each time."""
        return [path for method, path, _ in self.asked if method == "GET" and "/resolve/" in path]

    @contextmanager
    def open(self) -> Iterator["SmallHub"]:
        """Answer on a port of this machine for the time of a `with`."""
        hub = self

        class Handler(_Handler):
            served = hub

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            server.shutdown()
            server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    served: SmallHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: Any) -> None:
        return

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        hub = self.served
        hub.asked.append((self.command, path, self.headers.get("Range", "")))
        if hub.broken:
            return self._refuse(500, "", "it is being repaired")
        parts = path.removeprefix("api/models/").split("/")
        name = "/".join(parts[:2])
        if name not in hub.repositories:
            # as the Hub answers who is not logged in, lest he learn what is private
            return self._refuse(401, "RepoNotFound", "Repository not found")
        if name in hub.gated and "resolve" in parts:
            return self._refuse(403, "GatedRepo", "Access to this model is restricted.")
        if path.startswith("api/models/"):
            return self._info(name)
        file = "/".join(parts[4:])
        if file not in hub.repositories[name]:
            return self._refuse(404, "EntryNotFound", "Entry not found")
        return self._file(name, file, body=body)

    def _info(self, name: str) -> None:
        siblings = [
            _sibling(path, data, self.served)
            for path, data in self.served.repositories[name].items()
        ]
        content = json.dumps({"id": name, "sha": COMMIT, "siblings": siblings}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _file(self, name: str, path: str, *, body: bool) -> None:
        hub = self.served
        told = hub.repositories[name][path]
        data = hub.lied.get(path, told)
        start = 0
        if wanted := self.headers.get("Range"):
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{_etag(told)}"')
        self.send_header("X-Linked-Etag", f'"{_etag(told)}"')
        self.send_header("X-Linked-Size", str(len(told)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Accept-Ranges", "bytes")
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if not body:
            return
        if path in hub.cut_after and hub.cuts > 0:
            hub.cuts -= 1
            self.wfile.write(data[start : hub.cut_after[path]])
            self.close_connection = True
        elif path in hub.slow:
            self.wfile.write(data[start : max(start, len(data) // 2)])
            hub.released.wait()
            self.close_connection = True
        else:
            self.wfile.write(data[start:])

    def _refuse(self, status: int, code: str, message: str) -> None:
        content = json.dumps({"error": message}).encode()
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", message)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


def _sibling(path: str, data: bytes, hub: SmallHub) -> dict[str, Any]:
    size = hub.claimed_bytes.get(path, len(data))
    told: dict[str, Any] = {"rfilename": path, "size": size, "blobId": _git_blob(data)}
    if len(data) > LARGE_BYTES:
        told["lfs"] = {"sha256": _etag(data), "size": size, "pointerSize": 130}
    return told


def _etag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest() if len(data) > LARGE_BYTES else _git_blob(data)


def _git_blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
