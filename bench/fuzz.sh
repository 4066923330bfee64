#!/usr/bin/env bash
# All six fuzz targets, each for SECONDS (600) with SEED (the clock): bench/fuzz.sh [SECONDS [SEED [PROFILE]]]
set -uo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600} seed=${2:-$(date +%s)} profile=${3:-release}
cargo build --quiet --profile "$profile" --example fuzz || exit 2
folder=$profile
test "$profile" = dev && folder=debug
failed=0
for target in lines match library archive markdown query; do
    "${CARGO_TARGET_DIR:-target}/$folder/examples/fuzz" "$target" "$seconds" "$seed" || failed=1
done
exit $failed
