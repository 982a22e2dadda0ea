"""Pictures as prompts: IP-Adapters put on a pipeline for one call, and taken off exactly."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from PIL import Image as PillowImage

from scumble_daemon.models.catalog import Entry
from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.families import IP_ADAPTERS, REFERENCED_FAMILIES
from scumble_daemon.models.image_prompts import Adapter
from scumble_daemon.models.ip_adapters import encoder_folder
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.pipeline_classes import Pipeline
from scumble_daemon.region.arrays import quantised
from scumble_daemon.region.composite import opaque
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.errors import ErrorCode
from scumble_protocol.jobs import Reference, Task


def seen_references(desk: Desk, task: Task, pipeline: Pipeline | None) -> tuple[Reference, ...]:
    """Return the references of a job that a pipeline sees: all of them, or none.

    pipeline: None for a task that is painted by none that could.
    """
    references = task.options.references
    able = desk.model.family.name in REFERENCED_FAMILIES and hasattr(pipeline, "load_ip_adapter")
    if references and not able:
        desk.notes.notice(
            f"{desk.model.family.title} sees no references for this task: it was painted without."
        )
        return ()
    return references


@contextmanager
def seeing(desk: Desk, task: Task, pipeline: Pipeline) -> Iterator[dict[str, Any]]:
    """Let a pipeline see the references of a job during a `with`; give what its call then takes.

    Raises ModelError where one is no IP-Adapter, or was made for another family.
    """
    references = seen_references(desk, task, pipeline)
    if not references:
        yield {}
        return
    entries = [_checked(desk.entry(_name(desk, reference))) for reference in references]
    _check_encoders(entries)
    with ExitStack() as stack:
        lent = [stack.enter_context(desk.borrow(entry.name)) for entry in entries]
        stack.enter_context(_worn(desk, pipeline, lent))
        pipeline.set_ip_adapter_scale([reference.weight for reference in references])
        pictures = (opaque(desk.pictures.pixels(reference.image)) for reference in references)
        yield {"ip_adapter_image": [PillowImage.fromarray(quantised(one)) for one in pictures]}


@contextmanager
def _worn(desk: Desk, pipeline: Pipeline, lent: list[Loaded]) -> Iterator[None]:
    """Put adapters on a pipeline and afterwards everything back as it was, to the object."""
    unet = pipeline.unet
    encoder, extractor = pipeline.image_encoder, pipeline.feature_extractor
    projection, kind = unet.encoder_hid_proj, unet.config.encoder_hid_dim_type
    attention = dict(unet.attn_processors)
    pipeline.register_modules(
        image_encoder=lent[0].part("image_encoder"),
        feature_extractor=extractor or lent[0].part("feature_extractor"),
    )
    if any(type(one).__name__.startswith("Sliced") for one in attention.values()):
        unet.set_default_attn_processor()  # adapters know no slices
    try:
        _put_on(desk, pipeline, lent)
        yield
    finally:
        unet.encoder_hid_proj, unet.config.encoder_hid_dim_type = projection, kind
        unet.set_attn_processor(attention)
        pipeline.register_modules(image_encoder=encoder, feature_extractor=extractor)


def _put_on(desk: Desk, pipeline: Pipeline, lent: list[Loaded]) -> None:
    if pipeline.unet.device.type == "meta":
        raise ModelError(
            "A model whose layers come to the device one by one, as there is too little memory "
            "for more, sees no references. Nothing was painted; leave them out, or choose a "
            "smaller model."
        )
    adapters: list[Adapter] = [model.part("adapter") for model in lent]
    width = pipeline.unet.config.cross_attention_dim
    layers = 2 * sum("attn2" in name for name in pipeline.unet.attn_processors)
    for model, adapter in zip(lent, adapters, strict=True):
        tensors = adapter["ip_adapter"]
        widths = {tensor.shape[1] for tensor in tensors.values()}
        if widths != {width} or len(tensors) != layers:
            raise ModelError(
                f"The IP-Adapter “{model.entry.name}” was made for other models than "
                f"“{desk.model.entry.name}”, so nothing was painted. Choose one for the same "
                "family.",
                code=ErrorCode.BAD_REQUEST,
            )
    pipeline.load_ip_adapter(
        adapters,
        subfolder="",
        weight_name=[model.entry.name for model in lent],
        image_encoder_folder=None,
    )


def _name(desk: Desk, reference: Reference) -> str:
    if reference.name is not None:
        return reference.name
    family = IP_ADAPTERS.get(desk.model.family.name.removesuffix("-inpaint"))
    found = None if family is None else desk.first_of(family)
    if found is None:
        raise ModelError(
            f"There is no IP-Adapter for {desk.model.family.title}, with which it could see a "
            "reference. Nothing was painted; add one with `scumble models add`.",
            code=ErrorCode.BAD_REQUEST,
        )
    return found


def _checked(entry: Entry) -> Entry:
    if entry.family not in IP_ADAPTERS.values():
        raise ModelError(
            f"“{entry.name}” is no IP-Adapter but {entry.family}. Nothing was painted; choose "
            "another in the job's references.",
            code=ErrorCode.BAD_REQUEST,
        )
    return entry


def _check_encoders(entries: list[Entry]) -> None:
    """Refuse adapters that see with different encoders, as a pipeline has room for one."""
    first = entries[0]
    for entry in entries[1:]:
        if encoder_folder(Path(entry.location)) != encoder_folder(Path(first.location)):
            raise ModelError(
                f"“{first.name}” and “{entry.name}” see with different image encoders, which "
                "cannot be used together. Nothing was painted; use one of them, or put their "
                "files beside the same encoder.",
                code=ErrorCode.BAD_REQUEST,
            )
