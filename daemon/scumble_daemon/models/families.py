"""One table of facts for every family of models that Scumble knows. Never loads torch."""

from dataclasses import dataclass, replace
from math import inf

from scumble_daemon.models.few_steps import FewSteps
from scumble_daemon.region.resolution import NativeRange

TEXT2IMAGE, IMG2IMG, INPAINT = "text2image", "img2img", "inpaint"
ALL_TASKS = (TEXT2IMAGE, IMG2IMG, INPAINT)
"""What every family paints that its pipelines cover whole."""
DEPTH2IMG, DEPTH = "depth2img", "depth"
DIFFEDIT_TASKS = ("diffedit", "diffedit-select", "diffedit-invert")
CHAIN, UPSCALE = "chain", "upscale"
_WHOLE = (*ALL_TASKS, CHAIN, UPSCALE)
EVERY_TASK = (*_WHOLE, DEPTH2IMG, DEPTH, *DIFFEDIT_TASKS)
DEPTH_ESTIMATOR, CAPTIONER, UPSCALER = "depth-estimator", "captioner", "upscaler"
LORA, EMBEDDING, VAE = "lora", "embedding", "vae"
CONTROLNETS = {"sd15": "controlnet-sd15", "sd2": "controlnet-sd2", "sdxl": "controlnet-sdxl"}
IP_ADAPTERS = {"sd15": "ip-adapter-sd15", "sdxl": "ip-adapter-sdxl"}
"""Families of ControlNets and of IP-Adapters, by the family that they were made for."""
GUIDED_FAMILIES = frozenset({"sd15", "sd15-inpaint", "sd2", "sd2-inpaint", "sdxl", "sdxl-inpaint"})
"""Those that can be guided by pictures beside words."""
REFERENCED_FAMILIES = frozenset({"sd15", "sd15-inpaint", "sdxl", "sdxl-inpaint"})
"""Those for which there are IP-Adapters."""


@dataclass(frozen=True, slots=True)
class Family:
    """What holds for every checkpoint of one architecture."""

    name: str
    title: str
    tasks: tuple[str, ...]
    native_side: int  # px, of the checkpoints as they were published
    range_shares: tuple[float, float, float, float]  # of side, side, side², side²: see native_range
    multiple: int = 8  # px, both sides of a picture
    steps: int = 20
    guidance_scale: float = 7.0
    guidance_option: str = "guidance_scale"  # what its pipelines call it
    flow: bool = False  # trained by flow matching
    negatives_above: float = 1.0  # guidance above which negative prompts have a say; inf: never
    empty_negative: str | None = None  # told to its pipelines where nothing is to be avoided
    in_batches: bool = True  # False where its pipelines take one picture for all variants
    takes_pillow: bool = False  # where its pipelines take no arrays
    inpaint_guidance_scale: float | None = None  # in selections; None is the same as elsewhere
    scheduler: str | None = None  # a name of `schedulers`; None is the checkpoint's own
    latent_rgb: tuple[tuple[float, float, float], ...] | None = None  # rows: channels, then bias

    def guidance_for(self, task: str) -> float:
        """Return the guidance that suits a task."""
        if task == INPAINT and self.inpaint_guidance_scale is not None:
            return self.inpaint_guidance_scale
        return self.guidance_scale

    def in_few_steps(self, few: FewSteps | None) -> "Family":
        """Return the facts of a family's model that was distilled to few steps."""
        if few is None:
            return self
        guidance = few.guidance_scale
        if guidance is None and self.negatives_above < inf:
            guidance = self.negatives_above
        return replace(
            self,
            steps=few.steps,
            guidance_scale=self.guidance_scale if guidance is None else guidance,
            inpaint_guidance_scale=None,
            scheduler=self.scheduler if self.flow else few.scheduler,
        )

    def native_range(self, native_side: int) -> NativeRange:
        """Return the sizes that a checkpoint trained at `native_side` px paints well.

        Least and greatest side, least and greatest number of pixels; a checkpoint trained at
        another side than its family's has the family's range in proportion.
        """
        low, high, least, most = self.range_shares
        grid = max(self.multiple, 1)

        def on_grid(px: float) -> int:
            return max(round(px / grid), 1) * grid

        return NativeRange(
            min_side=on_grid(low * native_side),
            max_side=max(on_grid(high * native_side), on_grid(low * native_side)),
            min_pixels=round(least * native_side**2),
            max_pixels=round(most * native_side**2),
            multiple=grid,
        )


_SD_LATENT_RGB = (
    # Least squares of decoded against latent pixels by Kevin Turner, published in the Hugging Face
    # forum, "Decoding latents to RGB without upscaling"; for values in -1..1.
    (0.298, 0.207, 0.208),
    (0.187, 0.286, 0.173),
    (-0.158, 0.189, 0.264),
    (-0.184, -0.271, -0.473),
    (0.0, 0.0, 0.0),
)
_SDXL_LATENT_RGB = (
    # The map of the diffusers guide "Pipeline callbacks", turned from 0..255 to -1..1.
    (60 / 127.5, 60 / 127.5, 60 / 127.5),
    (-60 / 127.5, -5 / 127.5, 10 / 127.5),
    (25 / 127.5, 15 / 127.5, -5 / 127.5),
    (-70 / 127.5, -50 / 127.5, -35 / 127.5),
    (150 / 127.5 - 1, 140 / 127.5 - 1, 130 / 127.5 - 1),
)

_SD15 = Family(
    name="sd15",
    title="Stable Diffusion 1.x",
    tasks=(*_WHOLE, *DIFFEDIT_TASKS),
    native_side=512,
    range_shares=(1, 1.5, 1, 1.5),
    latent_rgb=_SD_LATENT_RGB,
)
_SDXL = Family(
    name="sdxl",
    title="Stable Diffusion XL",
    tasks=_WHOLE,
    native_side=1024,
    range_shares=(0.625, 1.25, 0.61, 1),
    guidance_scale=6.0,
    latent_rgb=_SDXL_LATENT_RGB,
)
_SD2 = replace(
    _SD15,
    name="sd2",
    title="Stable Diffusion 2.x",
    native_side=768,
    range_shares=(2 / 3, 1.25, 4 / 9, 1.25),
)
_SD3 = Family(
    name="sd3",
    title="Stable Diffusion 3",
    tasks=_WHOLE,
    native_side=1024,
    range_shares=(0.5, 1.5, 0.25, 1.5),
    multiple=16,
    steps=28,
    guidance_scale=5.0,
    flow=True,
)
_FLUX = Family(
    name="flux",
    title="FLUX.1",
    tasks=_WHOLE,
    native_side=1024,
    range_shares=(0.25, 2, 0.25, 2),
    multiple=16,
    guidance_scale=3.5,
    flow=True,
    negatives_above=inf,
)
_KANDINSKY = Family(
    name="kandinsky22",
    title="Kandinsky 2.2",
    tasks=(TEXT2IMAGE, IMG2IMG, CHAIN),
    native_side=512,
    range_shares=(1, 1.5, 1, 2.25),
    multiple=64,
    steps=50,
    guidance_scale=4.0,
    in_batches=False,
    takes_pillow=True,
)
_EDITING = (IMG2IMG, INPAINT, CHAIN, UPSCALE)

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        _SD15,
        replace(_SD15, name="sd15-inpaint", title="Stable Diffusion 1.x inpaint", tasks=_EDITING),
        _SD2,
        replace(
            _SD2,
            name="sd2-inpaint",
            title="Stable Diffusion 2 inpaint",
            tasks=_EDITING,
            native_side=512,
            range_shares=(1, 1.5, 1, 1.5),
        ),
        replace(
            _SD2,
            name="sd2-depth",
            title="Stable Diffusion 2 depth",
            tasks=(DEPTH2IMG, DEPTH),
            native_side=512,
            range_shares=(1, 1.5, 1, 1.5),
        ),
        _SDXL,
        replace(_SDXL, name="sdxl-inpaint", title="Stable Diffusion XL inpaint", tasks=_EDITING),
        replace(
            _SDXL,
            name="sdxl-refiner",
            title="Stable Diffusion XL refiner",
            tasks=(IMG2IMG, CHAIN, UPSCALE),
        ),
        _SD3,
        _FLUX,
        replace(
            _FLUX,
            name="flux-fill",
            title="FLUX.1 Fill",
            tasks=(INPAINT, CHAIN),
            guidance_scale=30.0,
        ),
        _KANDINSKY,
        replace(
            _KANDINSKY,
            name="kandinsky22-inpaint",
            title="Kandinsky 2.2 inpaint",
            tasks=(INPAINT, CHAIN),
        ),
        Family(
            name="qwen-image",
            title="Qwen-Image",
            tasks=_WHOLE,
            native_side=1328,
            range_shares=(0.25, 1.5, 0.25, 1.5),
            multiple=16,
            steps=30,
            guidance_scale=4.0,
            guidance_option="true_cfg_scale",
            flow=True,
            empty_negative=" ",  # without it there is no guidance at all
        ),
        Family(
            name="z-image",
            title="Z-Image",
            tasks=_WHOLE,
            native_side=1024,
            range_shares=(0.5, 2, 0.25, 2),
            multiple=16,
            steps=9,
            guidance_scale=0.0,
            flow=True,
            negatives_above=0.0,
        ),
        Family(
            name=DEPTH_ESTIMATOR,
            title="Depth estimator",
            tasks=(DEPTH,),
            native_side=384,
            range_shares=(1, 1, 1, 1),
        ),
        Family(
            name=UPSCALER,
            title="Upscaler: enlarges and nothing else",
            tasks=(UPSCALE,),
            native_side=256,
            range_shares=(1, 1, 1, 1),
        ),
        *(
            Family(name=name, title=title, tasks=(), native_side=512, range_shares=(1, 1, 1, 1))
            for name, title in (
                (LORA, "LoRA: a small addition to a checkpoint"),
                (EMBEDDING, "Textual inversion: a word for prompts"),
                (VAE, "VAE: turns latents into pictures in the place of a checkpoint's own"),
                (CONTROLNETS["sd15"], "ControlNet for Stable Diffusion 1.x"),
                (CONTROLNETS["sd2"], "ControlNet for Stable Diffusion 2.x"),
                (CONTROLNETS["sdxl"], "ControlNet for Stable Diffusion XL"),
                (IP_ADAPTERS["sd15"], "IP-Adapter for Stable Diffusion 1.x: pictures as prompts"),
                (IP_ADAPTERS["sdxl"], "IP-Adapter for Stable Diffusion XL: pictures as prompts"),
            )
        ),
        Family(
            name=CAPTIONER,
            title="Captioner: says what a picture shows",
            tasks=(),
            native_side=384,
            range_shares=(1, 1, 1, 1),
        ),
    )
}
"""Every family by name; sizes as krita-ai-diffusion found them good (`resolution.py`)."""
