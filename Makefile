# A door for people; Meson does the work.
#   make          build build/ampacity
#   make run      install what is missing, build, dispatch a year of both examples
#   make test     install what is missing, build, run the tests
#   make check    every gate: formats, warnings, analyzers, sanitizers, fuzzing
#   make bench    the engine against CLP, GLPK and HiGHS
#   make install  into PREFIX (default /usr/local), DESTDIR honoured
B ?= build
PREFIX ?= /usr/local
.PHONY: all run test check bench install clean

all: $(B)/build.ninja
	ninja -C $(B)
run: $(B)/build.ninja
	ninja -C $(B) ampacity
	@tools/run.sh $(B)
test: $(B)/build.ninja
	@tools/test.sh $(B)
check: $(B)/build.ninja
	@tools/deps.sh deps-check.txt
	@tools/check.sh
bench: $(B)/build.ninja
	@tools/deps.sh deps-bench.txt
	ninja -C $(B) bench/bench_dispatch
	@$(B)/bench/bench_dispatch
install: all
	meson configure $(B) --prefix $(abspath $(PREFIX))
	meson install -C $(B)
clean:
	rm -rf $(B) build-check-*

$(B)/build.ninja: $(B)/.deps
	meson setup $(if $(wildcard $(B)/meson-private/coredata.dat),--reconfigure) $(B)
	@touch $@
$(B)/.deps: deps.txt tools/deps.sh
	@tools/deps.sh deps.txt && mkdir -p $(B) && touch $@
