"""The Hub: what a repository holds, and its files fetched into the Hub's own cache, checked."""

import errno
import hashlib
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingface_hub import HfApi, constants, hf_hub_download, hf_hub_url, utils
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.file_download import http_get, repo_folder_name

from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.hub_files import HubFile
from scumble_protocol.errors import ErrorCode

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

_UTILS: Any = utils  # its names are hidden from mypy behind lazy imports
SHA256_LENGTH = 64
PIECE_BYTES = 64 << 10
"""How much is written at once, and may be lost where a connection breaks off."""
_READ_BYTES = 4 << 20
_PART = ".scumble-part"
"""What a blob of the cache is called while it is fetched; found again by the next download."""

Advance = Callable[[int], None]
"""Told how many bytes more have come, fewer where a part must be fetched again."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds at one moment."""

    repository: str
    commit: str
    files: tuple[HubFile, ...]


class Hub:
    """One Hub, and the cache on this machine that all programs share that use it.

    endpoint: its address; what HF_ENDPOINT says, or the public one, without it.
    cache: the folder; what HF_HOME and the like say without it.
    """

    def __init__(self, endpoint: str | None = None, cache: Path | None = None) -> None:
        _UTILS.disable_progress_bars()
        constants.DOWNLOAD_CHUNK_SIZE = PIECE_BYTES
        self._endpoint = endpoint or constants.ENDPOINT
        self._cache = cache or Path(constants.HF_HUB_CACHE)

    def listing(self, repository: str) -> Listing:
        """Return what a repository holds now. Raises ModelError where the Hub does not tell."""
        with self._worded(repository):
            info = HfApi(endpoint=self._endpoint).model_info(repository, files_metadata=True)
        files = tuple(
            HubFile(
                path=one.rfilename,
                size_bytes=one.size or 0,
                checksum=one.lfs.sha256 if one.lfs else one.blob_id or "",
            )
            for one in info.siblings or ()
        )
        return Listing(repository, str(info.sha), files)

    def bytes_here(self, listing: Listing, file: HubFile) -> int:
        """Return how much of a file is on this machine."""
        blob = self._blob(listing, file)
        for found in (blob, blob.with_name(blob.name + _PART)):
            if found.exists():
                return found.stat().st_size
        return 0

    def check_room(self, source: str, needed_bytes: int) -> None:
        """Raise ModelError where the cache's disk has no room for so much more."""
        folder = next(one for one in (self._cache, *self._cache.parents) if one.exists())
        free_bytes = shutil.disk_usage(folder).free
        if needed_bytes > free_bytes:
            raise _no_room(
                f"{source} needs {_gigabytes(needed_bytes)} on disk, and {_gigabytes(free_bytes)} "
                f"are free where {self._cache} is. Nothing was downloaded; "
            )

    def fetch(self, listing: Listing, file: HubFile, advance: Advance) -> Path:
        """Return where a file lies, fetching what is missing of it, once it was checked.

        advance: not told of what `bytes_here` counts.
        Raises ModelError where it cannot be fetched, or is not what the Hub says it is.
        """
        blob = self._blob(listing, file)
        with self._worded(listing.repository):
            if not (blob.exists() and _checksum(blob, file) == file.checksum):
                if blob.exists():
                    advance(-blob.stat().st_size)
                self._transfer(listing, file, blob, advance)
            linked = hf_hub_download(
                listing.repository,
                file.path,
                revision=listing.commit,
                cache_dir=self._cache,
                endpoint=self._endpoint,
            )
        return Path(linked)

    def _transfer(self, listing: Listing, file: HubFile, blob: Path, advance: Advance) -> None:
        blob.parent.mkdir(parents=True, exist_ok=True)
        part = blob.with_name(blob.name + _PART)
        begun = part.stat().st_size if part.exists() else 0
        if begun > file.size_bytes:
            part.unlink()
            advance(-begun)
            begun = 0
        with _Counted(part, advance) as out:
            http_get(
                hf_hub_url(
                    listing.repository,
                    file.path,
                    revision=listing.commit,
                    endpoint=self._endpoint,
                ),
                out,
                resume_size=begun,
                headers=_UTILS.build_hf_headers(),
                expected_size=file.size_bytes,
            )
        if _checksum(part, file) != file.checksum:
            part.unlink()
            raise ModelError(
                f"{file.path} of {listing.repository} is not what the Hub says it is: its checksum "
                "differs, so it was damaged on its way or changed. It was thrown away and the "
                "model was not added; download it again."
            )
        part.replace(blob)

    def _blob(self, listing: Listing, file: HubFile) -> Path:
        folder = repo_folder_name(repo_id=listing.repository, repo_type="model")
        return self._cache / folder / "blobs" / file.checksum

    @contextmanager
    def _worded(self, repository: str) -> Iterator[None]:
        """Turn what goes wrong with the Hub into a sentence."""
        try:
            yield
        except ModelError:
            raise
        except Exception as error:  # the border to the network, which fails in any way it likes
            raise self._error_of(repository, error) from error

    def _error_of(self, repository: str, error: Exception) -> ModelError:
        details = f"{type(error).__name__}: {error}"
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _no_room(f"The disk of {self._cache} is full. What has come is kept; ")
        # The Hub answers 401 for what is not there too, so the order of these matters.
        if not isinstance(error, GatedRepoError) and (
            isinstance(error, RepositoryNotFoundError) or _status(error) == 404
        ):
            return ModelError(
                f"The Hub has no model {repository}, or shows it to its owner alone. Nothing was "
                "added; see whether it is written right.",
                details,
                ErrorCode.UNKNOWN_MODEL,
            )
        if isinstance(error, GatedRepoError) or _status(error) in (401, 403):
            return ModelError(
                f"{repository} is given only to those who accepted its owner's conditions. Nothing "
                f"was added; accept them at {self._endpoint}/{repository}, log in here with "
                "`hf auth login`, and download it again.",
                details,
            )
        if isinstance(error, OfflineModeIsEnabled):
            return ModelError(
                "HF_HUB_OFFLINE forbids to ask the Hub. Nothing was downloaded; take it out of the "
                "environment.",
                details,
            )
        if isinstance(error, HfHubHTTPError):
            return ModelError(
                f"The Hub answered with an error ({_status(error)}). What has come is kept; "
                f"download {repository} again later, and it goes on from there.",
                details,
            )
        return ModelError(
            f"The connection to the Hub ({self._endpoint}) could not be made, or broke off. What "
            f"has come is kept; download {repository} again, and it goes on from there.",
            details,
        )


class _Counted(io.BufferedWriter):
    """A file that is written on at its end, and tells how much."""

    def __init__(self, file: Path, advance: Advance) -> None:
        super().__init__(io.FileIO(file, "ab"))
        self._advance = advance

    def write(self, data: "Buffer") -> int:
        """Write and tell."""
        written = super().write(data)
        self._advance(written)
        return written

    def truncate(self, size: int | None = None) -> int:
        """Shorten, and tell that so much less is there."""
        self.flush()
        before = self.raw.seek(0, io.SEEK_END)
        after = super().truncate(size)
        self._advance(after - before)
        return after


def _checksum(file: Path, told: HubFile) -> str:
    """Return a file's checksum of the kind that the Hub tells: SHA-256, or git's of a blob."""
    small = len(told.checksum) != SHA256_LENGTH
    digest = hashlib.sha1(usedforsecurity=False) if small else hashlib.sha256()
    if small:
        digest.update(b"blob %d\0" % file.stat().st_size)
    with file.open("rb") as opened:
        while chunk := opened.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _no_room(start: str) -> ModelError:
    return ModelError(
        f"{start}make room, or let HF_HOME name a folder on another disk.", "", ErrorCode.DISK_FULL
    )


def _gigabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.1f} GB"


def _status(error: Exception) -> int | None:
    return getattr(getattr(error, "response", None), "status_code", None)
