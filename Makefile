# Thin: each target is one line of a script in scripts/.
.PHONY: run test e2e bindings setup codes

run:      ; @scripts/run $(if $(FRESH),--fresh) $(if $(DATA),--data $(DATA))
test:     ; @scripts/test
e2e:      ; @scripts/e2e $(J)
codes:    ; @scripts/codes
bindings: ; @scripts/bindings
setup:    ; @scripts/setup
