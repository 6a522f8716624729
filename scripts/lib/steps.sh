# Sourced by the scripts: steps that print how long they took, and a table of them at the end.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
: "${CARGO_TARGET_DIR:=$root/target}"
export CARGO_TARGET_DIR
steps_began=$SECONDS
steps_table=()

# step NAME COMMAND...: runs the command, prints its time, ends the script when it fails.
step() {
  local name=$1 began=$SECONDS code=0
  shift
  printf '\n== %s\n' "$name"
  "$@" || code=$?
  local took=$((SECONDS - began))
  steps_table+=("$(printf '%6d s  %s%s' "$took" "$name" "$([ "$code" = 0 ] || echo "  FAILED ($code)")")")
  printf -- '-- %s: %d s (%d s in all)\n' "$name" "$took" "$((SECONDS - steps_began))"
  if [ "$code" != 0 ]; then
    steps_end
    exit "$code"
  fi
}

# steps_end: the table.
steps_end() {
  printf '\nTime per step\n'
  printf '%s\n' "${steps_table[@]}"
  printf '%6d s  in all\n' "$((SECONDS - steps_began))"
}
