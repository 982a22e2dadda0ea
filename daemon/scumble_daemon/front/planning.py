"""How a task would be painted: the numbers of the region mathematics, without a worker."""

from scumble_daemon.front.estimates import Estimates
from scumble_daemon.models.catalog import Entry
from scumble_daemon.models.families import DEPTH2IMG, FAMILIES, IMG2IMG, INPAINT, TEXT2IMAGE
from scumble_daemon.region.plan import Plan, PlannedPass, plan_parts, plan_picture, plan_whole
from scumble_daemon.region.resolution import NativeRange, steps_of
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Bounds, Extent

PLANNABLE = (INPAINT, IMG2IMG, DEPTH2IMG, TEXT2IMAGE)


def planned(request: m.Plan, entry: Entry, estimates: Estimates) -> m.Planned:
    """Return what a job of these parameters would do, and about how long it would take.

    Raises RemoteError where the task or the model tells too little beforehand, or where a part of
    the selection lies outside the canvas.
    """
    _check(request, entry)
    family = FAMILIES[entry.family]
    native = family.native_range(entry.native_side)
    count = request.steps or family.steps
    canvas = Extent(request.width, request.height)
    if request.task == TEXT2IMAGE:
        islands: tuple[m.PlannedIsland, ...] = (_picture(canvas, native, count),)
    else:
        islands = tuple(_island(plan, count) for plan in _plans(request, canvas, native))
    passes = [one for island in islands for one in island.passes]
    seconds = estimates.seconds_of(entry.name, request.task, passes, request.variants)
    return m.Planned(request=request.request, islands=islands, seconds=seconds)


def _plans(request: m.Plan, canvas: Extent, native: NativeRange) -> tuple[Plan, ...]:
    if not request.parts:
        return (plan_whole(canvas, request.strength, native),)
    return plan_parts(canvas, request.parts, request.strength, request.region, native)


def _check(request: m.Plan, entry: Entry) -> None:
    if request.task not in PLANNABLE:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"What {request.task} will do shows only while it runs; there is no plan of it.",
        )
    if entry.family not in FAMILIES:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"The model “{entry.name}” is not downloaded yet, so its sizes are not known.",
        )
    if request.task == INPAINT and not request.parts:
        raise RemoteError(
            ErrorCode.BAD_REQUEST, "Nothing is selected, so there is nothing to plan."
        )
    canvas = Bounds(0, 0, request.width, request.height)
    if not all(part.area and canvas.contains(part) for part in request.parts):
        raise RemoteError(ErrorCode.BAD_REQUEST, "A part of the selection lies outside the canvas.")


def _island(plan: Plan, count: int) -> m.PlannedIsland:
    return m.PlannedIsland(
        selection=plan.selection,
        mask=plan.mask,
        context=plan.context,
        feather=plan.margins.feather_px,
        grow=plan.margins.grow_px,
        blend=plan.margins.blend_px,
        lift=plan.lift,
        reach=plan.reach_px,
        passes=_passes(plan.passes, count),
    )


def _picture(extent: Extent, native: NativeRange, count: int) -> m.PlannedIsland:
    everywhere = extent.bounds
    return m.PlannedIsland(
        selection=everywhere,
        mask=everywhere,
        context=everywhere,
        feather=0.0,
        grow=0.0,
        blend=0.0,
        reach=0.0,
        passes=_passes(plan_picture(extent, native), count),
    )


def _passes(passes: tuple[PlannedPass, ...], count: int) -> tuple[m.PlannedPass, ...]:
    return tuple(
        m.PlannedPass(
            bounds=one.bounds,
            extent=one.extent,
            steps=steps_of(count, one.strength).run,
            strength=one.strength,
        )
        for one in passes
    )
