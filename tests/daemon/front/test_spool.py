import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from helpers.homes import Home, client
from helpers.records import record
from scumble_daemon.front.spool import SCHEMA_VERSION, Spool, SpoolError
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import JobState, TextToImage
from scumble_protocol.messages import Cancelled, Failed


def test_what_was_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    with closing(Spool(tmp_path)) as spool:
        waiting, failed = record("job-that-waits"), record("job-that-failed")
        spool.add(waiting)
        spool.add(failed)
        failed.state = JobState.FAILED
        failed.end = Failed(job=failed.id, code=ErrorCode.INTERNAL, sentence="It broke.")
        failed.finished_at = 2.0
        spool.update(failed)
        spool.keep_rate("miniature", "inpaint", 0.5)
    with closing(Spool(tmp_path)) as spool:
        ledger = spool.load()
        assert spool.rates() == {("miniature", "inpaint"): 0.5}
        assert spool.notices == []
    assert list(ledger.records) == ["job-that-waits", "job-that-failed"]
    assert ledger.records["job-that-waits"].job == waiting.job
    assert ledger.records["job-that-failed"].end == failed.end


def test_a_job_that_was_interrupted_is_queued_at_the_next_start(tmp_path: Path) -> None:
    with closing(Spool(tmp_path)) as spool:
        running = record()
        spool.add(running)
        running.state = JobState.RUNNING
        running.attempts = 1
        spool.update(running)
        found = spool.load().records[running.id]
    assert found.state is JobState.QUEUED
    assert found.attempts == 1


def test_an_acknowledged_job_is_remembered_without_its_content_until_it_expires(
    tmp_path: Path,
) -> None:
    with closing(Spool(tmp_path)) as spool:
        over = record()
        spool.add(over)
        over.state, over.end, over.finished_at = JobState.CANCELLED, Cancelled(job=over.id), 100.0
        spool.update(over)
        spool.close_job(over.id, over.state)
        ledger = spool.load()
        assert ledger.records == {}
        assert ledger.past[over.id].digest == over.digest
        spool.forget_before(100.0)
        assert list(spool.load().past) == [over.id]
        spool.forget_before(101.0)
        assert spool.load().past == {}


def test_a_spool_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with closing(Spool(tmp_path)) as spool:
        spool.add(record())
    file = tmp_path / "spool.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = file.read_bytes()
    with pytest.raises(SpoolError, match="newer Scumble"):
        Spool(tmp_path)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        "job = 'rubbish'",
        "job = x'ff00'",
        "state = 'dancing'",
        "state = 'done'",
        "end = '{}'",
        "place = 'here'",
        "id = 'another-id'",
    ],
)
def test_a_row_that_makes_no_sense_is_set_aside_and_the_others_kept(
    tmp_path: Path, damage: str
) -> None:
    with closing(Spool(tmp_path)) as spool:
        spool.add(record("job-that-is-hurt"))
        spool.add(record("job-that-is-well"))
    with closing(sqlite3.connect(tmp_path / "spool.sqlite")) as database, database:
        database.execute(f"UPDATE jobs SET {damage} WHERE id = 'job-that-is-hurt'")  # noqa: S608
    with closing(Spool(tmp_path)) as spool:
        assert list(spool.load().records) == ["job-that-is-well"]
        assert "set aside" in spool.notices[0]
        assert list(spool.load().records) == ["job-that-is-well"]
    with closing(sqlite3.connect(tmp_path / "spool.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM set_aside").fetchone() == (1,)


def test_a_file_that_is_no_database_is_put_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    (tmp_path / "spool.sqlite").write_bytes(b"rubbish" * 1000)
    with closing(Spool(tmp_path)) as spool:
        assert spool.load().records == {}
        assert "damaged" in spool.notices[0]
        spool.add(record())
    assert [path.read_bytes()[:7] for path in tmp_path.glob("spool-damaged-*")] == [b"rubbish"]


def test_the_jobs_in_whole_pages_of_a_damaged_file_are_kept(tmp_path: Path) -> None:
    with closing(Spool(tmp_path)) as spool:
        for number in range(200):
            spool.add(record(f"job-number-{number:03}"))
    file = tmp_path / "spool.sqlite"
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = bytes(4096)
    file.write_bytes(content)
    with closing(Spool(tmp_path)) as spool:
        kept = spool.load().records
        assert "damaged" in spool.notices[0]
    assert 100 < len(kept) < 200


def test_a_spool_that_cannot_be_opened_is_not_put_aside(tmp_path: Path) -> None:
    (tmp_path / "spool.sqlite").mkdir()
    with pytest.raises(SpoolError, match="cannot be opened"):
        Spool(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["spool.sqlite"]


def test_a_disk_that_is_full_is_said_so_and_nothing_kept_is_lost(tmp_path: Path) -> None:
    with closing(Spool(tmp_path)) as spool:
        spool.add(record("job-that-fitted"))
        spool._database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(RemoteError) as caught:
            _fill(spool)
        assert caught.value.code is ErrorCode.DISK_FULL
        assert "job-that-fitted" in spool.load().records


def _fill(spool: Spool) -> None:
    for number in range(1000):
        spool.add(record(f"job-number-{number:04}"))


def test_the_daemon_refuses_a_newer_spool_with_a_sentence(house: Home) -> None:
    house.start()
    house.stop()
    house.sql("PRAGMA user_version = 99")
    assert "spool version 99" in house.refusal()


def test_the_daemon_starts_with_a_damaged_row_and_runs_the_others(house: Home) -> None:
    house.start()
    with client() as me:
        for number in range(2):
            task = TextToImage(prompt="slow", seed=number, width=16, height=8)
            me.submit(task, Pictures(), job_id=f"job-number-{number}")
    house.kill()
    house.sql("UPDATE jobs SET job = 'rubbish' WHERE id = 'job-number-0'")
    house.go()
    house.start()
    with client() as me:
        assert [status.job for status in me.welcome.jobs] == ["job-number-1"]
        me.painting("job-number-1").result()
