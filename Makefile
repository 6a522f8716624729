# Each target only calls a script in scripts/.
.PHONY: run test soak e2e bench package bindings setup codes evidence test-peers

run:      ; @scripts/run $(if $(FRESH),--fresh) $(if $(DATA),--data $(DATA))
test:     ; @scripts/test
soak:     ; @scripts/soak
e2e:      ; @scripts/e2e $(J)
bench:    ; @scripts/bench
package:  ; @scripts/package --smoke
codes:    ; @scripts/codes
evidence: ; @scripts/evidence
test-peers: ; @scripts/peers
bindings: ; @scripts/bindings
setup:    ; @scripts/setup
