from scumble_daemon.front.limits import near_names, result_bytes
from scumble_protocol.jobs import Job, TextToImage


def test_near_names_are_offered_and_far_ones_are_not() -> None:
    assert near_names("eular", ["euler", "ddim"]) == " Did you mean euler?"
    assert near_names("zzz", ["euler", "ddim"]) == ""


def test_a_result_is_reckoned_with_all_its_variants() -> None:
    task = TextToImage(seed=1, width=100, height=50, variants=3)
    assert result_bytes(Job(id="some-job-id", task=task)) == 100 * 50 * 4 * 3
