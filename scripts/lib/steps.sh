# Sourced by the scripts: runs steps, prints the time of each, and a table at the end.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
: "${CARGO_TARGET_DIR:=$root/target}"
export CARGO_TARGET_DIR
steps_start=$SECONDS
steps_table=()

# step NAME COMMAND...: runs the command, prints its time, exits when it fails.
step() {
  local name=$1 start=$SECONDS code=0
  shift
  printf '\n== %s\n' "$name"
  # Not `"$@" || code=$?`: there a function goes on after a command of it that fails.
  set +e
  (set -e; "$@")
  code=$?
  set -e
  local took=$((SECONDS - start))
  steps_table+=("$(printf '%6d s  %s%s' "$took" "$name" "$([ "$code" = 0 ] || echo "  FAILED ($code)")")")
  printf -- '-- %s: %d s (%d s in total)\n' "$name" "$took" "$((SECONDS - steps_start))"
  if [ "$code" != 0 ]; then
    steps_end
    exit "$code"
  fi
}

# steps_end: prints the table.
steps_end() {
  printf '\nTime per step\n'
  printf '%s\n' "${steps_table[@]}"
  printf '%6d s  total\n' "$((SECONDS - steps_start))"
}
