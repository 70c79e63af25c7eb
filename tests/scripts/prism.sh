#!/usr/bin/env bash
# An opinion of its own: every operation of every client against Prism, which serves the effective
# documents and checks what it is sent. Zero violations are required. Needs node; Prism is
# installed in a temporary folder (PRISM names one that is there already). Run it by hand.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
pids=()
stop() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap stop EXIT

prism=${PRISM:-}
if [ -z "$prism" ]; then
    npm install --silent --no-audit --no-fund --prefix "$work/npm" @stoplight/prism-cli@5.14.2
    prism="$work/npm/node_modules/.bin/prism"
fi
cargo test -p certfleet-tests --test prism --no-run

port=${PRISM_PORT:-4310}
# OpenAI's first: the control below asks for it.
providers="openai $(ls -d specs/*/ | xargs -n1 basename | grep -vx openai)"
urls=""
for provider in $providers; do
    cargo run --quiet -p xtask -- effective "$provider" >"$work/$provider.json"
    "$prism" mock "$work/$provider.json" -h 127.0.0.1 -p "$port" --errors >"$work/$provider.log" 2>&1 &
    pids+=($!)
    urls+="$provider=http://127.0.0.1:$port "
    port=$((port + 1))
done
for provider in $providers; do
    for _ in $(seq 1 300); do
        grep -q "Prism is listening" "$work/$provider.log" && continue 2
        sleep 0.1
    done
    echo "Prism does not serve $provider:" >&2
    cat "$work/$provider.log" >&2
    exit 1
done

# A control: Prism has to refuse what is wrong, or its silence means nothing.
refusal=$(curl -si "http://127.0.0.1:${PRISM_PORT:-4310}/organization/certificates?limit=many" -H "Authorization: Bearer x")
case "$refusal" in
*sl-violations*) ;;
*) echo "Prism lets a wrong request through: $refusal" >&2 && exit 1 ;;
esac
# Its complaint about that one is not about the clients.
true >"$work/openai.log"

CERTFLEET_PRISM="$urls" cargo test -p certfleet-tests --test prism -- --ignored --nocapture
# Prism notes some violations in its log only.
if grep -hE "violation|error" "$work"/*.log; then
    echo "Prism complained" >&2
    exit 1
fi
echo "prism: no violations"
