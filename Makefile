# Thin: each target is one line of a script in scripts/.
.PHONY: run test e2e bench bindings setup codes

run:      ; @scripts/run $(if $(FRESH),--fresh) $(if $(DATA),--data $(DATA))
test:     ; @scripts/test
e2e:      ; @scripts/e2e $(J)
bench:    ; @scripts/bench
codes:    ; @scripts/codes
bindings: ; @scripts/bindings
setup:    ; @scripts/setup
