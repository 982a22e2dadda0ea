"""What a host that stays open knows of its jobs, and how it says so."""

from scumble_host.commands import INPAINT, REFINE
from scumble_host.events import Accepted, Cancelled, Done, Failed, Progress, State
from scumble_host.jobbook import Entry, JobBook
from scumble_host.speech import layer_name, progress_text, queue_text, time_text


def _book(*jobs: str) -> JobBook:
    book = JobBook()
    for job in jobs:
        book.add(Entry(job, INPAINT, {"prompt": "a heart"}, document=None))
    return book


def test_the_running_job_is_shown_before_one_that_waits() -> None:
    book = _book("first", "second")
    assert book.current is not None
    assert book.current.job == "first"
    book.take(Progress("second", "denoising", 1, 4, 0.25, None))
    assert book.current.job == "second"
    assert book.current.fraction == 0.25


def test_a_job_that_ended_is_given_back_once_and_forgotten() -> None:
    book = _book("one", "two", "three")
    done = Done("one", layers=(), canvas=(1, 1), notices=(), seconds=0)
    ended = [book.take(done), book.take(Failed("two", "internal", "No.")), book.take(done)]
    assert [entry and entry.job for entry in ended] == ["one", "two", None]
    assert book.take(Cancelled("three")) is not None
    assert book.entries == ()


def test_events_of_others_jobs_change_nothing() -> None:
    book = _book("ours")
    assert book.take(Progress("theirs", "denoising", 1, 4, 0.25, None)) is None
    assert book.entries[0].text == "Sending"


def test_where_a_job_stands_is_said_in_words() -> None:
    assert queue_text(Accepted("j", 0, None)) == "Waiting for its turn"
    assert queue_text(State("j", "queued", 1, "")) == "Waiting, 1 job is before this one"
    assert queue_text(Accepted("j", 2, 65)) == (
        "Waiting, 2 jobs are before this one, about 1 min 5 s"
    )
    assert queue_text(State("j", "loading", None, "")) == "Loading the model"
    progress = Progress("j", "denoising", 3, 20, 0.15, 8.2)
    assert progress_text(progress) == "Painting, step 3 of 20, about 8 s left"


def test_times_and_names_are_short() -> None:
    assert time_text(-1) == "0 s"
    assert time_text(59.6) == "1 min 0 s"
    assert layer_name(REFINE, "", 3) == "Refine (3)"
    assert len(layer_name(REFINE, "word " * 40, 3)) <= 45
