"""One message of every kind, with every field set, for the golden frames and the round trips."""

import numpy as np

from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.images import Attachment, Buffer, Encoding, describe, raw_bytes
from scumble_protocol.jobs import (
    AnyTask,
    Chain,
    Condition,
    Control,
    Depth,
    DepthToImage,
    DiffEdit,
    DiffEditInvert,
    DiffEditSelect,
    Direction,
    Fill,
    FreeU,
    ImageToImage,
    Inpaint,
    Inversion,
    Job,
    JobState,
    Lora,
    Options,
    PaintedLayer,
    Pass,
    Phase,
    Reference,
    Region,
    Report,
    Result,
    Stage,
    TextToImage,
    Upscale,
)

PICTURE = np.array([[[16, 32, 48], [64, 80, 96]]], np.uint8)
MASK = np.array([[0, 255]], np.uint8)
IMAGE, SELECTION = describe(PICTURE), describe(MASK)
BUFFERS: list[Buffer] = [raw_bytes(PICTURE), raw_bytes(MASK)]
ATTACHED = (Attachment(image=IMAGE, buffer=0), Attachment(image=SELECTION, buffer=1))
JOB_ID = "job-00000001"

REGION = Region(
    feather=12.5,
    grow=4.0,
    context=64.0,
    fill=Fill.BORDER,
    direction=Direction.CENTRED,
    soft=False,
    match_colour=False,
)
INPAINT = Inpaint(
    prompt="a red balloon",
    negative_prompt="text",
    steps=20,
    guidance_scale=7.5,
    scheduler="ddim",
    seed=7,
    variants=2,
    options=Options(
        loras=(Lora(name="watercolour", weight=0.8),),
        embeddings=("tender-eyes",),
        weighting=False,
        clip_skip=2,
        guidance_rescale=0.7,
        eta=0.5,
        timesteps=(999, 500, 1),
        freeu=FreeU(b1=1.2, b2=1.4, s1=0.8, s2=0.3),
    ),
    image=IMAGE,
    selection=SELECTION,
    strength=0.8,
    region=REGION,
)
INVERSION = Inversion(num_reg_steps=1, num_auto_corr_rolls=4, lambda_auto_corr=10.0, lambda_kl=12.0)
TASKS: tuple[AnyTask, ...] = (
    DepthToImage(
        prompt="a green cube",
        seed=3,
        image=IMAGE,
        selection=SELECTION,
        depth_map=SELECTION,
        depth_model="dpt-large",
        strength=0.9,
        region=REGION,
    ),
    Depth(image=IMAGE),
    DiffEditSelect(
        prompt="a dog",
        seed=4,
        image=IMAGE,
        source_prompt="a cat",
        reverse=True,
        num_maps_per_mask=5,
        mask_encode_strength=0.4,
        mask_thresholding_ratio=2.0,
    ),
    DiffEditInvert(
        prompt="a cat",
        seed=5,
        guidance_scale=1.5,
        image=IMAGE,
        selection=SELECTION,
        inpaint_strength=0.7,
        inversion=INVERSION,
        region=REGION,
        pictures=True,
    ),
    DiffEdit(
        prompt="a dog",
        seed=6,
        image=IMAGE,
        source_prompt="a cat",
        reverse=True,
        selection=SELECTION,
        inpaint_strength=0.7,
        num_maps_per_mask=5,
        mask_encode_strength=0.4,
        mask_thresholding_ratio=2.0,
        inversion_guidance_scale=1.5,
        inversion=INVERSION,
        region=REGION,
    ),
    Chain(
        prompt="a castle",
        seed=7,
        image=IMAGE,
        stages=(
            Stage(),
            Stage(
                prompt="a castle at night",
                negative_prompt="text",
                model="refiner",
                steps=10,
                guidance_scale=4.0,
                scheduler="euler",
                selection=SELECTION,
                strength=0.3,
                keep=True,
            ),
        ),
    ),
    Chain(prompt="a castle", seed=8, width=64, height=32, stages=(Stage(),)),
)
UPSCALE = Upscale(
    prompt="a castle",
    seed=9,
    image=IMAGE,
    width=8,
    height=4,
    upscaler="esrgan",
    refine=0.3,
    tile_overlap=32,
    options=Options(
        controls=(
            Control(
                name="tile",
                condition=Condition.DEPTH,
                image=SELECTION,
                weight=0.5,
                start=0.1,
                end=0.9,
                depth_model="dpt-large",
            ),
        ),
        references=(Reference(name="ip-adapter", image=IMAGE, weight=0.6),),
    ),
)
GUIDED_CHAIN = Chain(
    prompt="a castle",
    seed=10,
    image=IMAGE,
    stages=(Stage(options=Options(controls=(Control(name="edges"),))), Stage()),
    options=Options(loras=(Lora(name="watercolour"),), fuse_loras=True),
)
JOB = Job(id=JOB_ID, model="miniature", task=INPAINT)
STATUS = m.JobStatus(
    job=JOB_ID,
    task="inpaint",
    model="miniature",
    prompt="a red balloon",
    state=JobState.FAILED,
    position=0,
    submitted_at=1.5,
    code=ErrorCode.MODEL_FAILED,
    sentence="It did not work.",
)
RESULT = Result(
    layers=(
        PaintedLayer(
            image=IMAGE,
            mask=SELECTION,
            bounds=Bounds(3, 4, 2, 1),
            seed=7,
            seam_score=1.25,
        ),
    ),
    report=Report(
        model="miniature",
        device="cpu",
        dtype="float32",
        scheduler="ddim",
        steps=20,
        guidance_scale=7.5,
        passes=(Pass(extent=Extent(128, 96), steps=16, strength=0.8),),
        seconds={"denoising": 1.5},
        peak_memory_bytes=1000,
        degraded=("The VAE was tiled.",),
        notices=("The word ocarina was never learnt.",),
    ),
)

REQUESTS: tuple[tuple[m.AnyRequest, list[Buffer]], ...] = (
    (m.Hello(request="r1", client="paint-desk-1", name="example", minor=0), []),
    (m.Ping(request="r2"), []),
    (m.Submit(request="r3", job=JOB, attachments=ATTACHED), BUFFERS),
    (
        m.Submit(
            request="r4",
            job=Job(id="job-00000002", task=ImageToImage(seed=1, image=IMAGE)),
        ),
        [],
    ),
    (
        m.Submit(
            request="r5",
            job=Job(id="job-00000003", task=TextToImage(seed=2, width=64, height=32)),
        ),
        [],
    ),
    (m.Images(request="r6", job=JOB_ID, attachments=ATTACHED), BUFFERS),
    (m.Cancel(request="r7", job=JOB_ID), []),
    (m.Reorder(request="r8", job=JOB_ID, position=2), []),
    (m.Ack(request="r9", job=JOB_ID), []),
    (m.Jobs(request="r10"), []),
    (m.Results(request="r11", job=JOB_ID), []),
    (m.Models(request="r12"), []),
    (m.Load(request="r13", model="miniature"), []),
    (m.Unload(request="r14", model="miniature"), []),
    (m.Stats(request="r15"), []),
    (m.Shutdown(request="r16"), []),
    *(
        (m.Submit(request=f"r{17 + n}", job=Job(id=f"job-{10 + n:08}", task=task)), [])
        for n, task in enumerate(TASKS)
    ),
)

REPLIES: tuple[tuple[m.AnyReply, list[Buffer]], ...] = (
    (
        m.Welcome(
            request="r1",
            session="6hUp2gq7",
            package="0.1.0",
            minor=0,
            pid=4711,
            device="cpu",
            encodings=(Encoding.RAW,),
            limits=m.Limits(
                message_bytes=1 << 30,
                picture_side=16384,
                picture_pixels=1 << 26,
                queued_jobs=64,
                queued_jobs_total=256,
            ),
            tasks=("inpaint",),
            jobs=(STATUS,),
        ),
        [],
    ),
    (m.Pong(request="r2", session="6hUp2gq7"), []),
    (m.Ok(request="r7"), []),
    (
        m.Accepted(
            request="r3", job=JOB_ID, state=JobState.QUEUED, position=0, seconds_until_start=2.5
        ),
        [],
    ),
    (m.Need(request="r3", job=JOB_ID, hashes=(IMAGE.hash,)), []),
    (m.JobList(request="r10", jobs=(STATUS,)), []),
    (
        m.ModelList(
            request="r12",
            models=(
                m.ModelInfo(
                    name="miniature",
                    family="sd15",
                    tasks=("inpaint", "img2img"),
                    native_side=128,
                    size_bytes=33_600_000,
                    origin="bundled",
                    licence="Apache-2.0",
                    description="small",
                    residency=m.Residency.DEVICE,
                ),
            ),
        ),
        [],
    ),
    (
        m.Status(
            request="r15",
            session="6hUp2gq7",
            package="0.1.0",
            pid=4711,
            endpoint="ipc:///run/user/1000/scumble/daemon.sock",
            uptime_s=12.5,
            memory_bytes=1000,
            workers=(
                m.WorkerInfo(
                    pid=4712,
                    device="cpu",
                    state="running",
                    model="miniature",
                    job=JOB_ID,
                    memory_bytes=2000,
                    device_memory_bytes=3000,
                    device_memory_total_bytes=4000,
                ),
            ),
            jobs={"queued": 1},
            clients=1,
            spool_bytes=8,
        ),
        [],
    ),
    (
        m.Error(
            request="r3", code=ErrorCode.QUEUE_FULL, sentence="Too many jobs wait.", details="64"
        ),
        [],
    ),
    (m.State(job=JOB_ID, state=JobState.QUEUED, position=1, sentence="The worker died."), []),
    (
        m.Progress(
            job=JOB_ID, phase=Phase.DENOISING, step=3, steps=20, fraction=0.25, seconds_left=4.5
        ),
        [],
    ),
    (
        m.Preview(
            job=JOB_ID,
            attachment=Attachment(image=IMAGE, buffer=0),
            bounds=Bounds(0, 0, 64, 32),
            step=3,
            variant=1,
        ),
        BUFFERS[:1],
    ),
    (m.Done(job=JOB_ID, result=RESULT, attachments=ATTACHED), BUFFERS),
    (
        m.Failed(
            job=JOB_ID,
            code=ErrorCode.OUT_OF_MEMORY,
            sentence="Not enough memory.",
            details="trace",
        ),
        [],
    ),
    (m.Cancelled(job=JOB_ID), []),
)

DOWNLOAD = m.DownloadStatus(
    source="painter/small",
    state=m.DownloadState.FAILED,
    file="unet/diffusion_pytorch_model.safetensors",
    done_bytes=5,
    total_bytes=8,
    model="small",
    code=ErrorCode.DISK_FULL,
    sentence="The disk is full.",
)
MASKED_PREVIEW = m.Preview(
    job=JOB_ID,
    attachment=ATTACHED[0],
    bounds=Bounds(0, 0, 64, 32),
    step=3,
    mask=ATTACHED[1],
)
ADDED: tuple[tuple[m.AnyRequest | m.AnyReply, list[Buffer]], ...] = (
    (m.Take(request="r40", job=JOB_ID), []),
    (
        m.Plan(
            request="r41",
            model="miniature",
            task="inpaint",
            width=640,
            height=480,
            parts=(Bounds(10, 20, 100, 50),),
            strength=0.8,
            steps=20,
            variants=2,
            region=REGION,
        ),
        [],
    ),
    (
        m.Planned(
            request="r41",
            islands=(
                m.PlannedIsland(
                    selection=Bounds(10, 20, 100, 50),
                    mask=Bounds(0, 0, 256, 256),
                    context=Bounds(0, 0, 320, 320),
                    feather=12.5,
                    grow=4.0,
                    blend=12.5,
                    reach=10.25,
                    passes=(
                        m.PlannedPass(
                            bounds=Bounds(0, 0, 320, 320),
                            extent=Extent(128, 128),
                            steps=16,
                            strength=0.8,
                        ),
                    ),
                ),
            ),
            seconds=2.5,
        ),
        [],
    ),
    (m.Recommended(request="d1"), []),
    (m.Download(request="d2", source="painter/small", name="small"), []),
    (m.CancelDownload(request="d3", source="painter/small"), []),
    (m.Downloads(request="d4"), []),
    (
        m.RecommendationList(
            request="d1",
            models=(
                m.Recommendation(
                    source="painter/small",
                    family="sd15",
                    title="Small",
                    good_for="Trying things.",
                    licence="apache-2.0",
                    size_bytes=8,
                    gated=True,
                    installed="small",
                ),
            ),
        ),
        [],
    ),
    (m.Downloading(request="d2", download=DOWNLOAD), []),
    (m.DownloadList(request="d4", downloads=(DOWNLOAD,)), []),
    (MASKED_PREVIEW, BUFFERS),
    (m.Submit(request="r46", job=Job(id="job-00000020", task=UPSCALE)), []),
    (m.Submit(request="r47", job=Job(id="job-00000021", task=GUIDED_CHAIN)), []),
)
"""What version 1.1 added."""
