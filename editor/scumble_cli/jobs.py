"""The commands `scumble jobs …`: this command line's jobs in the daemon."""

from typing import Annotated

import typer

from scumble_cli.speech import print_json

AsJson = Annotated[bool, typer.Option("--json", help="Report for programs, as JSON.")]

app = typer.Typer(
    no_args_is_help=True,
    help="""List, cancel and collect the jobs that this command line has sent.

    Example: scumble jobs list
    """,
)


@app.command("list")
def list_jobs(as_json: AsJson = False) -> None:
    """List the jobs that wait, run, or have results that were not collected.

    Example: scumble jobs list --json
    """
    from scumble_cli.connecting import connected
    from scumble_cli.job_table import print_jobs

    with connected() as client:
        found = client.jobs()
    if as_json:
        print_json(found)
    else:
        print_jobs(found)


@app.command()
def cancel(
    job: Annotated[str, typer.Argument(metavar="ID", help="The job's id, or the beginning of it.")],
) -> None:
    """Cancel a job, whether it waits or runs.

    Example: scumble jobs cancel Zk3fX
    """
    from scumble_cli.connecting import connected
    from scumble_cli.job_table import whole_id

    with connected() as client:
        job_id = whole_id(job, client.jobs())
        client.cancel(job_id)
    print(f"The job {job_id} is cancelled.")


@app.command()
def results(
    as_json: AsJson = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write over files that are there.")
    ] = False,
) -> None:
    """Write the results that wait in the daemon to where their commands would have put them.

    Results wait where a command was ended, or could not write, before its job was done.
    Without --force a name that is taken by now is numbered.

    Example: scumble jobs results
    """
    from scumble_cli.collecting import collect
    from scumble_cli.connecting import connected

    with connected() as client:
        collect(client, as_json=as_json, force=force)
