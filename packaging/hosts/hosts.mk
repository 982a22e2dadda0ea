.PHONY: test-hosts test-hosts-here

test-hosts: $(SETUP) ## try the plug-ins in the real GIMP and Krita; needs root, the first time 400 MB
	@packaging/hosts/build.sh >/dev/null
	@SCUMBLE_TEST_HOSTS=1 $(BIN)/python -m pytest -o timeout=900 tests/hosts

test-hosts-here: $(SETUP) ## the same, where this machine can; says in one line where it cannot
	@packaging/hosts/build.sh >/dev/null; code=$$?; \
	if [ $$code = 3 ]; then exit 0; elif [ $$code != 0 ]; then exit $$code; fi; \
	SCUMBLE_TEST_HOSTS=1 $(BIN)/python -m pytest -o timeout=900 tests/hosts
