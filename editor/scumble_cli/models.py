"""The commands `scumble models …`: the models that jobs may name."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Report for programs, as JSON.")]
Name = Annotated[str, typer.Argument(metavar="MODEL", help="Its name in the list.")]

app = typer.Typer(
    no_args_is_help=True,
    help="""List the models, add your own, take them out again.

    Example: scumble models add ~/checkpoints/dreamy.safetensors
    """,
)


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the models that jobs may name.

    Example: scumble models list
    """
    _run("list", *_json(as_json))


@app.command()
def info(model: Name, as_json: AsJson = False) -> None:
    """Tell what is known of one model.

    Example: scumble models info miniature
    """
    _run("info", *_json(as_json), "--", model)


@app.command()
def add(
    where: Annotated[
        str,
        typer.Argument(
            metavar="PATH-OR-HUB-ID", help="A diffusers folder, a .safetensors file or owner/name."
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="What to call it; without it, as its file.")
    ] = None,
) -> None:
    """Add a model to the list; its files stay where they are.

    Example: scumble models add ~/checkpoints/dreamy.safetensors --name dreamy
    """
    _run("add", *(("--name", name) if name else ()), "--", where)


@app.command()
def remove(model: Name) -> None:
    """Take a model out of the list; its files stay where they are.

    Example: scumble models remove dreamy
    """
    _run("remove", "--", model)


def _json(wanted: bool) -> tuple[str, ...]:
    return ("--json",) if wanted else ()


def _run(*arguments: str) -> None:
    from scumble_cli.daemon_process import become

    become(["models", *arguments])
