"""The commands `scumble models …`: the models that jobs may name."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Report for programs, as JSON.")]
Name = Annotated[str, typer.Argument(metavar="MODEL", help="Its name in the list.")]

app = typer.Typer(
    no_args_is_help=True,
    help="""List the models, fetch others, add your own, take them out again.

    Example: scumble models download stable-diffusion-v1-5/stable-diffusion-inpainting
    """,
)


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the models that jobs may name.

    Example: scumble models list
    """
    from scumble_cli.model_cards import known_models, print_models
    from scumble_cli.speech import print_json

    found = known_models()
    if as_json:
        print_json(found)
    else:
        print_models(found)


@app.command()
def info(model: Name, as_json: AsJson = False) -> None:
    """Tell what is known of one model.

    Example: scumble models info miniature
    """
    from scumble_cli.model_cards import known_model, print_card
    from scumble_cli.speech import print_json

    found = known_model(model)
    if as_json:
        print_json(found)
    else:
        print_card(found)


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
    from scumble_cli.model_cards import add_model

    added = add_model(where, name)
    print(f"Added “{added.name}” ({added.description or added.family}).")


@app.command()
def download(
    source: Annotated[
        str,
        typer.Argument(
            metavar="HUB-ID", help="owner/name, or owner/name/file.safetensors for one file of it."
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="What to call it; without it, as on the Hub.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch a model of the Hub, check it and add it to the list.

    Only what is needed comes: safetensors, in half precision where there is such. A download that
    was stopped goes on where it was.

    Example: scumble models download stable-diffusion-v1-5/stable-diffusion-inpainting
    """
    from scumble_cli.downloading import fetch
    from scumble_cli.model_cards import known_model, refuse_elsewhere
    from scumble_cli.speech import print_json

    refuse_elsewhere()
    done = fetch(source, name)
    if as_json:
        print_json(known_model(done.model))
    else:
        print(f"“{done.model}” is here: use it with --model {done.model}.")


@app.command()
def recommended(as_json: AsJson = False) -> None:
    """List models of the Hub that are worth having, with size, licence and what each is good at.

    Example: scumble models recommended
    """
    from scumble_cli import downloading
    from scumble_cli.speech import print_json

    found = downloading.recommended()
    if as_json:
        print_json(found)
    else:
        downloading.print_recommended(found)


@app.command()
def remove(model: Name) -> None:
    """Take a model out of the list; its files stay where they are.

    Example: scumble models remove dreamy
    """
    from scumble_cli.model_cards import remove_model

    removed = remove_model(model)
    print(f"Removed “{removed.name}” from the list; {removed.location} is still there.")
