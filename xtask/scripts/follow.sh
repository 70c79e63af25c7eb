#!/usr/bin/env bash
# Follows the vendors: drift, and where something changed fetch, generate and the contract tests; a
# report in Markdown. See docs/follow-the-vendors.md.
#
#   xtask/scripts/follow.sh REPORT [PROVIDER[=FILE|URL]...]
#
# Exit codes: 0 nothing changed, 3 changed and everything passes, 4 a maintainer has to look, 1 an error.
set -euo pipefail
report=$(realpath "$1")
shift
cd "$(dirname "$0")/../.."
export CARGO_TERM_COLOR=never RUST_BACKTRACE=0
worst=0
changed=0

raise() {
    if [ "$1" -gt "$worst" ]; then worst=$1; fi
}

# A step's output as a foldable block.
block() {
    printf '<details><summary>%s</summary>\n\n```text\n%s\n```\n\n</details>\n\n' "$1" "$2"
}

if [ $# -eq 0 ]; then
    set -- specs/*/provider.toml
    set -- "${@#specs/}"
    set -- "${@%/provider.toml}"
fi
{
    echo "# What changed at the vendors"
    echo
} >"$report"
for target in "$@"; do
    provider=${target%%=*}
    from=${target#*=}
    if [ "$from" = "$target" ]; then
        from=$(sed -n 's/^upstream = "\(.*\)"$/\1/p' "specs/$provider/provenance.toml")
    fi
    code=0
    drift=$(cargo xtask drift "$provider" --against "$from" 2>&1) || code=$?
    case $code in
    0)
        echo "## $provider: nothing changed that matters" >>"$report"
        echo >>"$report"
        continue
        ;;
    3) said="compatible changes" ;;
    4) said="breaking changes" && raise 4 ;;
    *)
        said="the vendor's document could not be compared" && raise 4
        { echo "## $provider: $said" && echo && block "drift" "$drift"; } >>"$report"
        continue
        ;;
    esac
    { echo "## $provider: $said" && echo && block "drift" "$drift"; } >>"$report"
    raise 3
    changed=1
    for step in "fetch $provider --from $from" "generate $provider"; do
        # shellcheck disable=SC2086
        if ! output=$(cargo xtask $step 2>&1); then
            raise 4
            block "$step failed" "$output" >>"$report"
            break
        fi
    done
done
if [ "$changed" = 1 ]; then
    if output=$(cargo test --quiet --package certfleet-tests 2>&1); then
        echo "Contract and conformance tests pass." >>"$report"
    else
        raise 4
        block "tests fail" "$(tail -n 60 <<<"$output")" >>"$report"
    fi
fi
exit "$worst"
