#!/usr/bin/env bash
# Holds the effective documents (vendored plus overlay) against public OpenAPI validators:
# openapi-spec-validator (PyPI), and @redocly/cli (npm) where npx is there and REDOCLY=1.
# Everything is installed in a temporary folder. Run it by hand; it needs a network.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check openapi-spec-validator==0.7.2

failed=0
for folder in specs/*/; do
    provider=$(basename "$folder")
    cargo run --quiet -p xtask -- effective "$provider" >"$work/$provider.json"
    if "$work/venv/bin/openapi-spec-validator" "$work/$provider.json"; then
        echo "openapi-spec-validator: $provider is valid"
    else
        failed=1
    fi
    if [ "${REDOCLY:-0}" = 1 ]; then
        # The structure alone: a vendor's missing summaries and licences are not ours.
        (cd "$work" && npx --yes @redocly/cli@2.3.0 lint --extends=spec "$provider.json") || failed=1
    fi
done
exit "$failed"
