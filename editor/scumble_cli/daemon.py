"""The commands `scumble daemon …`: start, stop and watch this user's daemon."""

from typing import Annotated

import typer

from scumble_cli.numbers import whole
from scumble_cli.speech import print_json, say

STOP_TIMEOUT_S = 60.0

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    no_args_is_help=True,
    help="""Run this user's daemon, in the foreground or in the background.

    Commands that need one start it by themselves. Example: scumble daemon status
    """,
)


@app.command(context_settings=PASS_ON)
def run(context: typer.Context) -> None:
    """Run the daemon in the foreground until Ctrl-C. Further options go to it.

    Example: scumble daemon run --device cpu
    """
    from scumble_cli.daemon_process import become

    become(["run", *context.args])


@app.command(context_settings=PASS_ON)
def start(context: typer.Context) -> None:
    """Start the daemon in the background, where none runs. Further options go to it.

    Example: scumble daemon start
    """
    from scumble_protocol.launch import running_daemon, start_daemon

    running = running_daemon()
    if running is not None:
        say(f"The daemon is running already (process {running.pid}). Nothing was started.")
        return
    started = start_daemon(tuple(context.args))
    print(f"The daemon runs in the background (process {started.pid}).")


@app.command()
def stop() -> None:
    """End this user's daemon; jobs that are not done go on at its next start.

    Example: scumble daemon stop
    """
    import psutil

    from scumble_cli.connecting import NAME
    from scumble_protocol.client import Client
    from scumble_protocol.errors import ScumbleError
    from scumble_protocol.launch import running_daemon

    running = running_daemon()
    if running is None:
        say("No daemon is running. Nothing was stopped.")
        return
    with Client.connect(running, name=NAME) as client:
        jobs = client.status().jobs
        client.shutdown()
    if sentence := _kept(jobs):
        say(sentence)
    try:
        psutil.Process(running.pid).wait(timeout=STOP_TIMEOUT_S)
    except psutil.NoSuchProcess:
        pass
    except psutil.TimeoutExpired as error:
        raise ScumbleError(
            f"The daemon (process {running.pid}) was told to end but still runs after "
            f"{STOP_TIMEOUT_S:g} s. Its jobs are safe; end that process, or wait longer."
        ) from error
    print(f"The daemon (process {running.pid}) has ended.")


def _kept(jobs: dict[str, int]) -> str:
    """Return what becomes of jobs, by their states, when the daemon ends; nothing without any."""
    under_way = jobs.get("loading", 0) + jobs.get("running", 0)
    waiting = jobs.get("queued", 0)
    counts = [(under_way, "under way"), (waiting, "waiting")]
    told = [f"{count} {how}" for count, how in counts if count]
    if not told:
        return ""
    return (
        f"Jobs that are not done: {', '.join(told)}. They are kept, and are painted from their "
        "beginning when the daemon runs again; `scumble jobs cancel ID` would drop one."
    )


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Report for programs, as JSON.")] = False,
) -> None:
    """Tell how the daemon is: its workers, its queue, its memory. Fails where none runs.

    Example: scumble daemon status --json
    """
    from scumble_cli.connecting import connected_to_running
    from scumble_cli.daemon_status import print_status, status_report

    with connected_to_running() as client:
        found = client.status()
    if as_json:
        print_json(status_report(found))
    else:
        print_status(found)


@app.command(context_settings=PASS_ON)
def keys(context: typer.Context) -> None:
    """Show the keys of this machine, and let others use this daemon over the network.

    Takes `show`, `allow NAME KEY` and `forget NAME`.

    Example: scumble daemon keys allow studio-laptop 'KEY-THAT-ITS-OWN-KEYS-SHOW-PRINTS'
    """
    from scumble_cli.daemon_process import become

    become(["keys", *(context.args or ["show"])])


@app.command()
def logs(
    lines: Annotated[
        int,
        typer.Option(
            "--lines",
            "-n",
            metavar="N",
            parser=whole(1, 100_000),
            help="How many, counted backwards.",
        ),
    ] = 50,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as lines come, until Ctrl-C.")
    ] = False,
) -> None:
    """Print the last lines of the daemon's log.

    Example: scumble daemon logs --lines 100 --follow
    """
    from scumble_cli.logs import follow_log, last_lines, log_file

    file = log_file()
    if file is None:
        say("The daemon has written no log yet.")
        return
    for line in last_lines(file, lines):
        print(line)
    if follow:
        follow_log(file)
