"""A layer of 4096 × 4096 there and back, without a model in between.

Through client, front, spool and worker and back to the client as arrays, against the way that the
others take (PNG over HTTP on loopback, at the fastest compression) and against copying its bytes
twice in memory. The picture is new each time; it carries grain, as photographs do.
"""

import contextlib
import io
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
from PIL import Image

from benchmarks.measuring import Row, alternated, ratio_row
from helpers.homes import client, home
from scumble_protocol.client import Client
from scumble_protocol.images import Pictures, Pixels
from scumble_protocol.jobs import Inpaint

SIDE = 4096
ROUNDS = 7
FRONT = (sys.executable, "-m", "benchmarks.echo_worker", "front")


def rows() -> list[Row]:
    """Measure and return the rows."""
    picture, mask = grainy_picture(), np.full((SIDE, SIDE), 255, np.uint8)
    with tempfile.TemporaryDirectory() as folder, home(Path(folder)) as here, png_server() as url:
        here.start(FRONT)
        with client() as painter:

            def ours() -> None:
                picture[0, 0, 0] += 1
                through_scumble(painter, picture, mask)

            def png() -> None:
                through_http(url, picture)

            def copies() -> None:
                picture.copy().copy()

            way, by_png = alternated(ours, png, ROUNDS)
            again, copied = alternated(ours, copies, ROUNDS)
    return [
        ratio_row("rgba8, 64 MiB there and 64 MiB back", way, "as PNG over HTTP", by_png),
        ratio_row("the same", again, "two copies in memory", copied),
    ]


def grainy_picture() -> Pixels:
    """Return a picture that compresses as a photograph does, uint8 [SIDE, SIDE, 4], opaque."""
    rng = np.random.default_rng(0)
    ramp = np.linspace(0, 200, SIDE, dtype=np.float32)
    light = (ramp[:, None, None] + ramp[None, :, None]) / 2 + np.array([0, 20, 40], np.float32)
    grain = rng.normal(0, 4, (SIDE, SIDE, 3)).astype(np.float32)
    picture = np.full((SIDE, SIDE, 4), 255, np.uint8)
    picture[..., :3] = np.clip(light + grain, 0, 255)
    return picture


def through_scumble(painter: Client, picture: Pixels, mask: Pixels) -> None:
    """Send a picture as a job and wait for the layer that comes back."""
    pictures = Pictures()
    task = Inpaint(seed=1, image=pictures.add(picture), selection=pictures.add(mask))
    (layer,) = painter.submit(task, pictures).result().layers
    assert layer.pixels.shape == picture.shape


def through_http(url: str, picture: Pixels) -> None:
    """Send a picture as PNG and read the PNG that comes back."""
    with urlopen(Request(url, as_png(picture))) as answer:  # noqa: S310 - our own loopback server
        back = np.asarray(Image.open(io.BytesIO(answer.read())))
    assert back.shape == picture.shape


def as_png(picture: Pixels) -> bytes:
    """Return a picture as PNG with the fastest compression."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "png", compress_level=1)
    return out.getvalue()


class PngEcho(BaseHTTPRequestHandler):
    """Decodes a PNG, turns it about and sends it back."""

    def do_POST(self) -> None:
        """Answer one picture."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = as_png(np.asarray(Image.open(io.BytesIO(body)))[::-1])
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def png_server() -> Iterator[str]:
    """Serve a PNG echo on loopback for a while; give its address."""
    with HTTPServer(("127.0.0.1", 0), PngEcho) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
