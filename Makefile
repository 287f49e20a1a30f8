# Two commands matter: `make run` (the study of the three crystals, to its report) and `make test`. Both install what is missing, build, and can be
# repeated: finished work is not done again.

PRESET  ?= release
STUDY   ?= workflows/studies/pbi3-iodide-migration.yaml
RUN_DIR ?= runs/$(basename $(notdir $(STUDY)))
RANKS   ?= $(shell nproc)
JOBS    ?= $(shell nproc)
# Quiet: it would call every exit code but 0 an error of the job, also those that say "not converged" and "to be continued".
MPIRUN  ?= mpirun -q

# One thread per rank: the matrices are small, and ranks times threads should not exceed the cores.
export OMP_NUM_THREADS ?= 1
# Open MPI refuses to run as root unless told twice.
ifeq ($(shell id -u),0)
export OMPI_ALLOW_RUN_AS_ROOT = 1
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM = 1
endif

OURS = $(shell find structures potentials hpc neb workflows tests -name '*.cpp' -o -name '*.hpp')

.PHONY: run test build bench format lint asan clean dependencies

run: build
	@$(MPIRUN) -n $(RANKS) build/$(PRESET)/ionpass run $(STUDY) --run-dir $(RUN_DIR) || status=$$?; \
	case "$${status:-0}" in \
	0) ;; \
	1) echo "some hop did not converge: the report says which, and why" ;; \
	3) echo "an energy could not be computed: the message or the report says which, and why"; exit 3 ;; \
	75) echo "stopped: 'make run' continues"; exit 75 ;; \
	*) echo "exit status $$status; if nothing says why, 'make run MPIRUN=mpirun' does"; exit $$status ;; \
	esac

test: build
	ctest --preset $(PRESET) -j $(JOBS)

build: dependencies
	cmake --preset $(PRESET) --log-level=WARNING
	cmake --build --preset $(PRESET) -j $(JOBS)

bench: build
	build/$(PRESET)/tests/benchmarks/ionpass_bench

format:
	clang-format -i $(OURS)

lint: dependencies
	clang-format --dry-run -Werror $(OURS)
	cmake --preset tidy --log-level=WARNING
	cmake --build --preset tidy -j $(JOBS)

asan: dependencies
	cmake --preset asan --log-level=WARNING
	cmake --build --preset asan -j $(JOBS)
	ctest --preset asan -j $(JOBS)

clean:
	rm -rf build

dependencies:
	@cmake/install-dependencies.sh
