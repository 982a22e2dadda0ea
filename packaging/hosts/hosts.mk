.PHONY: test-hosts test-hosts-smoke

HOST_TESTS = SCUMBLE_TEST_HOSTS=1 $(BIN)/python -m pytest -o timeout=900 tests/hosts

test-hosts: $(SETUP) ## try the plug-ins in the real GIMP and Krita; needs root, the first time 400 MB
	@packaging/hosts/build.sh >/dev/null
	@$(HOST_TESTS)

test-hosts-smoke: $(SETUP) ## one case of each, where this machine can; in one line where it cannot
	@packaging/hosts/build.sh >/dev/null; code=$$?; \
	if [ $$code = 3 ]; then exit 0; elif [ $$code != 0 ]; then exit $$code; fi; \
	$(HOST_TESTS) -k "adds_one_named_layer or adds_a_layer_with_a_transparency_mask"
