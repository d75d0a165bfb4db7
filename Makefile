.PHONY: dev test format docs asan bench
dev:    ; cmake --workflow --preset dev
test:   ; ./test.sh
format: ; tools/format.sh
docs:   ; tools/build.sh release arcuate_program && tools/make_docs.sh
asan:   ; ./test.sh --asan
bench:  ; cmake --preset release -B build/bench -DARCUATE_BENCH=ON -DARCUATE_TESTS=OFF && cmake --build build/bench --target bench/all && for b in build/bench/bench/*_bench; do $$b || exit 1; done
