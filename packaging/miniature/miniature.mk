# The bundled model. Training takes hours; it resumes from its checkpoints in
# ~/.cache/scumble-miniature (or $SCUMBLE_MINIATURE_CACHE). packaging/miniature/README.md says more.

MINIATURE := packaging/miniature
MINIATURE_SHARDS ?= 24

.PHONY: miniature miniature-report

miniature: $(SETUP) ## train the bundled model on this machine; hours, resumes where it stopped
	@$(BIN)/python $(MINIATURE)/train.py vae --steps 4000 --decay-share 0.35
	@$(BIN)/python $(MINIATURE)/latents.py $(MINIATURE_SHARDS)
	@$(BIN)/python $(MINIATURE)/train.py unet --steps 12000 --decay-share 0.3
	@$(BIN)/python $(MINIATURE)/train.py depth --steps 3000 --decay-share 0.4
	@$(BIN)/python $(MINIATURE)/train.py judge --steps 3000 --decay-share 0.4
	@$(BIN)/python $(MINIATURE)/export.py

miniature-report: $(SETUP) ## evaluate the bundled model; table and contact sheets in out/miniature
	@$(BIN)/python $(MINIATURE)/report.py --out out/miniature
