"""What can be painted: every task a job may hold, and the values that tasks are made of."""

import enum
from typing import Annotated

import msgspec

from scumble_protocol.geometry import Extent
from scumble_protocol.images import Image, Side

Text = Annotated[str, msgspec.Meta(max_length=8192)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Steps = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Guidance = Annotated[float, msgspec.Meta(ge=0, le=100)]
Strength = Annotated[float, msgspec.Meta(gt=0, le=1)]  # near 0 keeps the picture, 1 ignores it
Seed = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]  # exact in every JSON reader
Variants = Annotated[int, msgspec.Meta(ge=1, le=16)]
Distance = Annotated[float, msgspec.Meta(ge=0, le=4096)]

Maps = Annotated[int, msgspec.Meta(ge=1, le=64)]
Ratio = Annotated[float, msgspec.Meta(ge=1, le=100)]
Timesteps = Annotated[
    tuple[Annotated[int, msgspec.Meta(ge=0, le=9999)], ...],
    msgspec.Meta(min_length=1, max_length=1000),
]
Weight = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Fill(enum.StrEnum):
    """What stands in the selection before denoising starts."""

    NEUTRAL = "neutral"  # mid grey, which gives way to the picture below strength 1
    BLUR = "blur"  # what is there, blurred until only its colours are left
    BORDER = "border"  # the colours around it, carried inwards
    ORIGINAL = "original"  # what is there
    NOISE = "noise"  # noise with the mean and spread of what is around


class Direction(enum.StrEnum):
    """Which side of the selection's edge the result fades out on."""

    INSIDE = "inside"
    CENTRED = "centred"
    OUTSIDE = "outside"


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """How a selection is cut out, painted and laid back; None leaves it to the daemon's table."""

    feather: Distance | None = None  # px on the canvas
    grow: Distance | None = None  # px on the canvas
    context: Distance | None = None  # px around the mask bounds that the model sees
    fill: Fill = Fill.NEUTRAL
    direction: Direction = Direction.INSIDE
    soft: bool = True  # grey values mean "change by this much", through to the latents
    match_colour: bool = True


class Inversion(msgspec.Struct, frozen=True, kw_only=True):
    """How inverted noise is kept normally distributed, as in Pix2Pix-Zero."""

    num_reg_steps: Annotated[int, msgspec.Meta(ge=0, le=32)] = 0  # in each step; 0 does nothing
    num_auto_corr_rolls: Annotated[int, msgspec.Meta(ge=1, le=32)] = 5
    lambda_auto_corr: Weight = 20.0
    lambda_kl: Weight = 20.0


class Lora(msgspec.Struct, frozen=True, kw_only=True):
    """A small addition to a checkpoint, by its name in the catalogue."""

    name: Name
    weight: Annotated[float, msgspec.Meta(ge=-4, le=4)] = 1.0  # 0 adds nothing


class FreeU(msgspec.Struct, frozen=True, kw_only=True):
    """Strengthens what a UNet's backbone says against its skips (Si et al. 2023)."""

    b1: Annotated[float, msgspec.Meta(ge=0, le=3)] = 1.5
    b2: Annotated[float, msgspec.Meta(ge=0, le=3)] = 1.6
    s1: Annotated[float, msgspec.Meta(ge=0, le=3)] = 0.9
    s2: Annotated[float, msgspec.Meta(ge=0, le=3)] = 0.2


class Condition(enum.StrEnum):
    """What of a picture a ControlNet is shown."""

    IMAGE = "image"  # the picture as it is: a scribble, a pose, whatever the ControlNet knows
    CANNY = "canny"  # its edges
    DEPTH = "depth"  # its depths, as they are estimated
    INPAINT = "inpaint"  # the picture without what is selected


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """A ControlNet by its name in the catalogue, and what it is shown and when."""

    name: Name
    condition: Condition = Condition.IMAGE
    image: Image | None = None  # as large as the canvas; None shows the picture that is painted on
    weight: Annotated[float, msgspec.Meta(ge=0, le=2)] = 1.0  # controlnet_conditioning_scale
    start: Share = 0.0  # of the steps, from where it counts
    end: Share = 1.0  # of the steps, up to where it counts
    depth_model: Name | None = None  # which model estimates depths; None finds one

    def __post_init__(self) -> None:
        """Refuse a range of no steps."""
        if not self.start < self.end:
            raise ValueError("a control must end after it starts")


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as a prompt, which an IP-Adapter of the catalogue sees."""

    name: Name | None = None  # of the IP-Adapter; None takes the first that is for the model
    image: Image  # rgba8 or rgb8, of any size
    weight: Annotated[float, msgspec.Meta(ge=0, le=2)] = 1.0


class Options(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What may be changed about a model for one job; the report says what a model knows not."""

    loras: Annotated[tuple[Lora, ...], msgspec.Meta(max_length=16)] = ()
    fuse_loras: bool = False  # joined with the weights for the job: faster where it has many steps
    embeddings: Annotated[tuple[Name, ...], msgspec.Meta(max_length=16)] = ()  # words of prompts
    vae: Name | None = None  # of the catalogue; None is the checkpoint's own
    weighting: bool = True  # (word:1.2) and (word)1.2 weigh; false takes them as they are written
    clip_skip: Annotated[int, msgspec.Meta(ge=1, le=11)] | None = None  # layers left out at the end
    guidance_rescale: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0  # against overexposure
    eta: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0  # noise added at each step by DDIM
    timesteps: Timesteps | None = None  # instead of steps, falling
    freeu: FreeU | None = None
    vae_tiling: bool = False  # pictures decoded in tiles, which saves memory
    attention_slicing: bool = False  # attention in slices, which saves memory and takes time
    controls: Annotated[tuple[Control, ...], msgspec.Meta(max_length=8)] = ()
    references: Annotated[tuple[Reference, ...], msgspec.Meta(max_length=8)] = ()


class Task(msgspec.Struct, frozen=True, kw_only=True, tag_field="task"):
    """What every task has; None leaves a value to the model's own default."""

    prompt: Text = ""
    negative_prompt: Text = ""
    steps: Steps | None = None  # at strength 1, fewer below; None is the model's own number
    guidance_scale: Guidance | None = None  # None is the model's own
    scheduler: Name | None = None  # section 9.1; None is the model's own
    seed: Seed  # variant k is painted with seed + k
    variants: Variants = 1  # layers that come back, each with a seed of its own
    options: Options = Options()


class PictureTask(Task, frozen=True, kw_only=True):
    """A task on a picture. Every `gray8` picture among its fields is as large as that one."""

    image: Image  # rgba8 or rgb8, the canvas as it is seen

    @property
    def extent(self) -> Extent:
        """The size of the canvas in pixels."""
        return self.image.extent


class TextToImage(Task, frozen=True, kw_only=True, tag="text2image"):
    """A whole picture from words."""

    width: Side
    height: Side

    @property
    def extent(self) -> Extent:
        """The size of the picture in pixels."""
        return Extent(self.width, self.height)


class ImageToImage(PictureTask, frozen=True, kw_only=True, tag="img2img"):
    """A picture painted over at a strength, the whole of it or inside a selection."""

    selection: Image | None = None  # gray8 of the same size, white where it may change
    strength: Strength = 0.6  # how much may change; 1 paints anew
    region: Region = Region(fill=Fill.ORIGINAL)


class Inpaint(PictureTask, frozen=True, kw_only=True, tag="inpaint"):
    """New paint inside a selection."""

    selection: Image  # gray8 of the same size, white where it may change
    strength: Strength = 1.0  # how much may change; 1 paints anew
    region: Region = Region()


class DepthToImage(PictureTask, frozen=True, kw_only=True, tag="depth2img"):
    """A picture painted anew that keeps its depths, the whole of it or inside a selection."""

    selection: Image | None = None  # gray8, white where it may change
    depth_map: Image | None = None  # gray8, white is near; None has the depths estimated
    depth_model: Name | None = None  # which model estimates; None is the checkpoint's own part
    strength: Strength = 0.8  # how much may change; 1 paints anew
    region: Region = Region(fill=Fill.ORIGINAL)


class Depth(PictureTask, frozen=True, kw_only=True, tag="depth"):
    """The depths of a picture as a layer, gray8, white is near. Words and seed change nothing."""

    seed: Seed = 0


class DiffEditSelect(PictureTask, frozen=True, kw_only=True, tag="diffedit-select"):
    """Where two prompts disagree about a picture, as a soft selection: gray8, white the most.

    `prompt` is the target: what shall be there. DiffEdit's mask is where it is above one half.
    """

    source_prompt: Text = ""  # what is there; empty asks a captioner
    reverse: bool = False  # changes source and target over
    num_maps_per_mask: Maps = 10  # noises to average over
    mask_encode_strength: Strength = 0.5  # how much noise
    mask_thresholding_ratio: Ratio | None = None  # times the mean is white; null parts by Otsu


class DiffEditInvert(PictureTask, frozen=True, kw_only=True, tag="diffedit-invert"):
    """The way of a picture back to noise, kept in the daemon for `diffedit` jobs to start from.

    `prompt` is the source: what is there. Without `pictures` the result has no layers. A later
    `diffedit` finds it where picture, selection, model, steps, seed and these values are the same.
    """

    selection: Image | None = None  # gray8, the one that the edit will have
    inpaint_strength: Strength = 0.8  # how far towards noise
    guidance_scale: Guidance | None = None  # None is 1, the most faithful
    inversion: Inversion = Inversion()
    region: Region = Region(fill=Fill.ORIGINAL)
    pictures: bool = False  # whether each step comes back as a layer, the noisiest first


class DiffEdit(PictureTask, frozen=True, kw_only=True, tag="diffedit"):
    """A picture changed from one prompt to another, only where the two disagree.

    `prompt` is the target: what shall be there. Without a selection it is found as by
    `diffedit-select` first; an inversion already made by `diffedit-invert` is used again.
    """

    source_prompt: Text = ""  # what is there; empty asks a captioner
    reverse: bool = False  # changes source and target over
    selection: Image | None = None  # gray8, white where it may change
    inpaint_strength: Strength = 0.8  # how far towards noise and back
    num_maps_per_mask: Maps = 10  # noises to average over
    mask_encode_strength: Strength = 0.5  # how much noise
    mask_thresholding_ratio: Ratio | None = None  # times the mean is white; null parts by Otsu
    inversion_guidance_scale: Guidance = 1.0  # 1 is the most faithful
    inversion: Inversion = Inversion()
    region: Region = Region(fill=Fill.ORIGINAL)


class Upscale(PictureTask, frozen=True, kw_only=True, tag="upscale"):
    """A picture made larger, by Lanczos' windows or by a model made for it, and refined if asked.

    The job's model refines, or is itself made for enlarging; then nothing is refined. The layers
    are as large as what was asked for: larger than the canvas.
    """

    width: Side  # of the result
    height: Side
    upscaler: Name | None = None  # a model made for enlarging; None has Lanczos' windows
    refine: Strength | None = None  # painted over in tiles, at this strength; None is left as it is
    tile_overlap: Annotated[int, msgspec.Meta(ge=0, le=512)] = 64  # px, faded over


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of a chain; None takes the chain's own value, or the model's.

    The first paints from words where the chain has no picture. Any other paints over what came
    before: inside its selection, where it has one.
    """

    prompt: Text | None = None
    negative_prompt: Text | None = None
    model: Name | None = None  # such as a refiner
    steps: Steps | None = None
    guidance_scale: Guidance | None = None
    scheduler: Name | None = None
    selection: Image | None = None  # gray8, as large as the chain's picture
    strength: Strength = 0.6  # of a stage that paints over; inside a selection 1 paints anew
    options: Options | None = None  # such as a ControlNet that no other stage shall heed
    keep: bool = False  # whether what it gave comes back as a layer below the last one's


class Chain(Task, frozen=True, kw_only=True, tag="chain"):
    """Several stages as one job, handed on in latents where both models have the same VAE.

    The layers are those of the last stage, then those of kept ones, the latest first.
    """

    image: Image | None = None  # rgba8 or rgb8, what the first stage paints over
    width: Side | None = None  # of what is painted from words, where there is no image
    height: Side | None = None
    stages: Annotated[tuple[Stage, ...], msgspec.Meta(min_length=1, max_length=8)]

    def __post_init__(self) -> None:
        """Refuse a chain of no size."""
        if self.image is None and None in (self.width, self.height):
            raise ValueError("a chain needs an image, or a width and a height")

    @property
    def extent(self) -> Extent:
        """The size of the picture in pixels."""
        if self.image is not None:
            return self.image.extent
        assert self.width is not None
        assert self.height is not None
        return Extent(self.width, self.height)


AnyTask = (
    TextToImage
    | ImageToImage
    | Inpaint
    | DepthToImage
    | Depth
    | DiffEditSelect
    | DiffEditInvert
    | DiffEdit
    | Upscale
    | Chain
)
