#!/usr/bin/env bash
# Plants faults, one at a time, in a temporary copy of the workspace, and requires the suite to catch
# every one. Prints a table. Set CARGO_TARGET_DIR to keep what is built (not the workspace's own);
# an argument runs only the faults whose title matches it (a regular expression). With PATTERNS=1
# nothing is built: only whether every pattern still matches something is checked.
#
# Each fault names the trial that should catch it, which is all that is run; if that passes, the
# whole suite decides. Exit code 1: a fault was missed, or a pattern no longer matches anything.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

only=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy="$work/copy"
mkdir "$copy"
git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ -e "$f" ] && printf "%s\0" "$f"; done' sh |
    tar --null -T - -cf - | tar -xf - -C "$copy"
# Cargo would take what was built elsewhere for this, as paths in a workspace count from its root.
find "$copy" -name '*.rs' -exec touch {} +
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$work/target} RUST_BACKTRACE=0 INSTA_UPDATE=no
unset CERTFLEET_CONTRACT_SEED

suite=(--test contract --test conformance --test goldens --test fleet --test paging --test faults)
run() { (cd "$copy" && cargo test --quiet -p certfleet-tests "$@"); }

# Without a fault everything has to pass.
if [ "${PATTERNS:-0}" = 0 ] && ! run "${suite[@]}" >"$work/log" 2>&1; then
    tail -40 "$work/log" >&2
    echo "the suite fails without a fault" >&2
    exit 1
fi

caught=0 missed=0 stale=0 compiler=0 total=0
table=""
# fault TITLE FILE PERL TEST FILTER
fault() {
    local title=$1 file=$2 change=$3 test=$4 filter=$5 result
    [[ "$title" =~ $only ]] || return 0
    total=$((total + 1))
    cp "$copy/$file" "$work/kept" 2>/dev/null
    local provenance=""
    perl -0pi -e "$change" "$copy/$file" 2>/dev/null
    case "$file" in
    specs/*/openapi.*)
        # A vendored document is held by its hash: this one is as if it were fetched anew.
        provenance="$copy/$(dirname "$file")/provenance.toml"
        cp "$provenance" "$work/provenance"
        sed -i "s/^sha256 = .*/sha256 = \"$(sha256sum "$copy/$file" | cut -d' ' -f1)\"/" "$provenance"
        ;;
    esac
    if [ ! -e "$copy/$file" ]; then
        result="STALE: the file is not there"
        stale=$((stale + 1))
    elif cmp -s "$copy/$file" "$work/kept"; then
        result="STALE: the pattern matches nothing"
        stale=$((stale + 1))
    elif [ "${PATTERNS:-0}" = 1 ]; then
        result="matches"
        caught=$((caught + 1))
    elif ! run --test "$test" --no-run >"$work/log" 2>&1; then
        result="compiler"
        compiler=$((compiler + 1))
    elif ! run --test "$test" -- "$filter" >"$work/log" 2>&1; then
        result="$test $filter"
        caught=$((caught + 1))
    elif ! run "${suite[@]}" --no-fail-fast >"$work/log" 2>&1; then
        result="$(grep -m1 -oE '^---- [^ ]+' "$work/log" | cut -d' ' -f2) (not by $test $filter)"
        caught=$((caught + 1))
    else
        result="MISSED"
        missed=$((missed + 1))
    fi
    cp "$work/kept" "$copy/$file"
    [ -z "$provenance" ] || cp "$work/provenance" "$provenance"
    table+=$(printf '%-3s %-58s %s' "$total" "$title" "$result")$'\n'
    printf '%-3s %-58s %s\n' "$total" "$title" "$result" >&2
}

openai=crates/certfleet-openai/src
cloudflare=crates/certfleet-cloudflare/src
patchworks=crates/certfleet-patchworks/src
apinizer=crates/certfleet-apinizer/src
http=crates/certfleet-http/src
facade=crates/certfleet/src/adapters
box=crates/certfleet-sandbox/src

# The specifications and the table: no client changes, something is no longer covered.
fault "an operation missing from the table" tests/src/contract/operations.rs 's/    operation!\(openai\.delete_certificate \{.*?\} json\),\n//s' contract requests::table
fault "an operation more in a specification" specs/patchworks/openapi.json 's/"paths"\s*:\s*\{/"paths": {"\/api\/v1\/more": {"get": {"responses": {"200": {"description": "x"}}}},/' contract requests::table
fault "a status more in a specification" specs/patchworks/openapi.json 's/"401"\s*:\s*\{/"418": {"description": "x"}, "401": {/' contract requests::table
fault "another type in a specification" specs/apinizer/overlay.yaml 's/resultCount: \{type: integer, format: int32\}/resultCount: {type: string}/' contract sandbox::every_operation
fault "another query name in a specification" specs/openai/openapi.yaml 's/name: after\b/name: behind/' contract requests::openai.list_organization

# Requests.
fault "a wrong query name" $openai/builder.rs 's/\.query\("after"/.query("afterwards"/' contract requests::openai.list_organization
fault "a query parameter dropped" $openai/builder.rs 's/\s*\.query\("order", &order\)//' contract requests::openai.list_organization
fault "include instead of include[]" $openai/builder.rs 's/"include\[\]"/"include"/' contract requests::openai.get_certificate
fault "two query parameters swapped" $patchworks/builder.rs 's/\.query\("page", &page\)/.query("page", &per_page)/' contract requests::patchworks.list_connectors
fault "another operation called" $openai/builder.rs 's/\.request\(&api::ACTIVATE_ORGANIZATION_CERTIFICATES\)/.request(&api::DEACTIVATE_ORGANIZATION_CERTIFICATES)/' contract requests::openai.activate_organization
fault "two path parameters swapped" $cloudflare/builder.rs 's/\.path\("certificate_id", &certificate_id\)/.path("certificate_id", &account_id)/' contract requests::cloudflare
fault "a body dropped" $cloudflare/builder.rs 's/\s*\.json\(&[^\n]*\)//' contract requests::cloudflare
fault "a field of a request renamed" $patchworks/types.rs 's/(pub struct CertificatesStoreRequest \{.*?skip_serializing_if = "::certfleet_http::Nullable::is_absent")\)/$1, rename = "connectorId")/s' contract requests::patchworks.create
fault "another method" $openai/api.rs 's/(MODIFY_CERTIFICATE: Operation = Operation \{.*?method: Method::)POST/$1PUT/s' contract requests::table
fault "a slash dropped from a path" $apinizer/api.rs 's/(EXPORT_CERTIFICATE: Operation.*?export)\/"/$1"/s' contract requests::table
fault "a part of a form renamed" $apinizer/builder.rs 's/form\.text\("environmentList"/form.text("environments"/' contract requests::apinizer.create
fault "two parts of a form swapped" $apinizer/builder.rs 's/form\.text\("alias", alias\)/form.text("alias", certificate_description.clone().unwrap_or_default())/' contract requests::apinizer.create
fault "a scheme word dropped" $openai/auth.rs 's/prefix: "Bearer "/prefix: ""/' contract requests::credentials::openai
fault "a header of the credentials renamed" $cloudflare/auth.rs 's/"x-auth-email"/"x-auth-mail"/' contract requests::credentials::cloudflare
fault "a required part not asked for" $apinizer/builder.rs 's/let alias = alias\s*\.ok_or_else\(.*?\)\)\?;/let alias = alias.unwrap_or_default();/s' contract requests::required::apinizer.create
fault "an unescaped path" $http/request/segment.rs 's/Ok\(utf8_percent_encode\(value, UNRESERVED\)\.to_string\(\)\)/{ let _ = utf8_percent_encode(value, UNRESERVED); Ok(value.to_owned()) }/' contract requests::openai.get_certificate
fault "dots let through a path" $http/request/segment.rs 's/undotted == "\." \|\| undotted == "\.\."/undotted == "."/' contract requests::required::openai.get
fault "another Accept" $http/request/builder.rs 's/=> "application\/json",/=> "text\/html",/' contract requests::openai.get_certificate
fault "a part without its type" $http/request/multipart.rs 's/\\r\\nContent-Type: \{\}/\\r\\nX-Type: {}/' contract requests::apinizer.create

# Answers.
fault "another success status" $openai/api.rs 's/(UPLOAD_CERTIFICATE: Operation.*?success: &\[)200/${1}201/s' contract requests::table
fault "a required field defaulted" $openai/types.rs 's/    pub has_more: bool/    #[serde(default)]\n    pub has_more: bool/' contract responses::openai.list
fault "a null let through as absent" $openai/types.rs 's/\s*#\[serde\(deserialize_with = "::std::option::Option::deserialize"\)\]//' contract responses::openai
fault "a field not read" $openai/types.rs 's/(    pub expires_at: ::std::option::Option)/    #[serde(skip_deserializing)]\n$1/' contract responses::openai
fault "two fields swapped" $apinizer/types.rs 's/rename = "startDate"/rename = "tmp"/; s/rename = "endDate"/rename = "startDate"/; s/rename = "tmp"/rename = "endDate"/' contract responses::apinizer.list
fault "a nullable field required" $patchworks/types.rs 's/pub prev: ::std::option::Option<::std::string::String>/pub prev: ::std::string::String/; s/(#\[serde\(skip_serializing_if = "::std::option::Option::is_none"\)\]\s*)(pub prev)/$2/' contract responses::patchworks.list
fault "a closed enum" $http/values/open_enum.rs 's/fn visit_string<E: (.*?)Ok\(\$name::from\(text\)\)/fn visit_string<E: $1match \$name::from(text) { \$name::Unknown(_) => Err(E::custom("unknown")), known => Ok(known) }/s; s/fn visit_str<E: (.*?)Ok\(\$name::from\(text\)\)/fn visit_str<E: $1match \$name::from(text) { \$name::Unknown(_) => Err(E::custom("unknown")), known => Ok(known) }/s' contract responses::cloudflare.get
fault "an enum value misspelt" $cloudflare/enums.rs 's/Available => "available"/Available => "availeble"/' goldens cloudflare_records
fault "a failed success taken for one" $cloudflare/in_band_failures.rs 's/!self\.success/false/g' contract responses::cloudflare.get
fault "1.0 not read as a whole number" $http/values/integer.rs 's/value\.fract\(\) == 0\.0/value.is_nan()/' contract responses::openai.get
fault "a secret kept" $http/secrets/redact.rs 's/\.any\(\|field\| field\.eq_ignore_ascii_case\(name\)\)\n        \{\n            return true;/.any(|field| field.eq_ignore_ascii_case(name))\n        {\n            return false;/' contract responses::patchworks.create

# Failures.
fault "another place of the code" $openai/api.rs 's/"\/error\/code"/"\/error\/kode"/' contract errors::words::openai
fault "another place of the message" $apinizer/api.rs 's/"\/resultMessage", //' contract errors::apinizer.get
fault "another header of the request id" $cloudflare/api.rs 's/"cf-ray"/"cf-rays"/' contract responses::cloudflare.get
fault "the request id dropped from errors" $http/send/interpret.rs 's/\.with_request_id\(request_id\)/.with_request_id({ let _ = request_id; None })/' contract errors::openai.get
fault "a retry hint in other units" $http/response/retry_after.rs 's/Duration::from_secs\(text\.parse\(\)\.unwrap_or\(u64::MAX\)\)/Duration::from_millis(text.parse().unwrap_or(u64::MAX))/' contract errors::openai.get
fault "another class of an operation" $patchworks/api.rs 's/class: Class::Create/class: Class::Read/' contract errors::class::patchworks.create
fault "the vendor's words not understood" $facade/apinizer/mod.rs 's/"is not found"/"was not found"/' contract errors::words::apinizer
fault "an object read from a list" $http/values/strict_structs.rs 's/self\.0\.deserialize_map\(StrictStructs\(visitor\)\)/self.0.deserialize_struct(_name, _fields, StrictStructs(visitor))/' contract responses::openai
fault "an adapter's error without its answer" $http/response/success.rs 's/Some\(CutResponse::new\(\s+self\.response\.clone\(\),\s+self\.operation,\s+&self\.needles,\s+\)\)/None/' goldens cloudflare_records
fault "a lost create sent again" $http/send/retry.rs 's/(ErrorKind::Interrupted \| ErrorKind::Deadline => )is_read/$1true/' faults virtual::openai.upload
fault "an untrusted server tried again" $http/send/retry.rs 's/_ => false,(\s*\},\s*ErrorKind::Status)/_ => true,$1/' faults tls::untrusted
fault "a failure taken for no effect" $http/response/effect.rs 's/500\.\. => Effect::Unknown/500.. => Effect::None/' faults virtual::openai.upload
fault "any hint obeyed" $http/send/session.rs 's/asked > state\.retry\.longest_wait/asked > Duration::MAX/' faults virtual::openai.get_certificate
fault "a budget without end" $http/send/budget.rs 's/\*left = rest;/let _ = rest;/' faults virtual::a_hundred_calls
fault "no look at what is open" $http/send/recover.rs 's/Err\(error\) if error\.effect\(\) == Effect::None => return Err\(error\),/Err(error) => return Err(error),/' faults cut::openai.modify
fault "no connection taken for a lost request" $http/transport/classify.rs 's/else if stage\.connecting \{/else if false {/' faults wire::refused
fault "redirects followed" $http/transport/network.rs 's/Policy::none\(\)/Policy::default()/' faults wire::other_hosts
fault "pooled connections for writes" $http/transport/network.rs 's/\(&self\.writes, 0\)/(\&self.writes, usize::MAX)/' faults wire::stale_connections

# The facade.
fault "an off-by-one page" $facade/patchworks/read.rs 's/number < last/number + 1 < last/' paging ''
fault "pages that bring nothing new" crates/certfleet/src/adapter/pages.rs 's/Some\(_\) if new == 0 => [^,]*,//' paging numbered_pages
fault "begin and end swapped" $facade/openai/read.rs 's/date\(fields\.valid_at, "valid_at"/date(fields.expires_at, "valid_at"/' goldens openai_records
fault "the zero date shown" $facade/cloudflare/read.rs 's/date\.year\(\) > 1/date.year() > 0/' goldens cloudflare_records
fault "another state" $facade/cloudflare/read.rs 's/(Some\(BindingStatus::PendingDeletion\) => State::)Deactivating/$1Inactive/' goldens cloudflare_records
fault "another record's native" crates/certfleet/src/adapter/records.rs 's/let native = self\.natives\.record\(index\);/let native = self.natives.record(index + 1);/' contract responses::apinizer.list
fault "a get that takes another record" $facade/apinizer/read.rs 's/Ok\(certificate\) if certificate\.id == \*id =>/Ok(certificate) =>/' goldens apinizer_records

# The facade's writes, and what it says of accounts.
changes=crates/certfleet-changes/src
fault "an upload sent again" $changes/recovery.rs 's/(ReferencePolicy::Keep,\s+_ => )false/$1true/' faults facade::openai_upload
fault "a vendor not left alone before a write is sent again" $http/send/recover.rs 's/(Ok\(wait\) => \{\s+)sleep\(wait\)\.await;/$1let _ = wait;/' faults facade::cloudflare_delete
fault "what is sent again not read back" $changes/recovery.rs 's/Ok\(self\.read_back\(change, before, applied\)\.await\)/Ok(applied)/' faults facade::apinizer_replace
fault "a batch that is not known called failed" $changes/apply.rs 's/(Effect::Applied \| Effect::Unknown => ItemOutcome::)Unknown/$1Failed/' faults facade::bulk
fault "batches tried after a failed one" $changes/apply.rs 's/if failed\.is_some\(\) \{/if false {/' faults facade::bulk
fault "a clock that is off believed" crates/certfleet/src/reading/clock.rs 's/minutes\(5\)/days(36_500)/' faults facade::clocks
fault "a clock that is behind hides an end" crates/certfleet/src/reading/clock.rs 's/there\.max\(local\)/there/' faults facade::clocks
fault "no looking where nothing may be sent" $http/send/recover.rs 's/(Err\(note\) => \{\s+)again = false;/$1return Err(error);/' writes late::what_lands_late
fault "the hint of the first attempt kept" $http/send/recover.rs 's/error = (match send\(writer\.clone\(\)\))/let _later: E = $1/' writes late::the_hint_that_is_left
fault "an account's turn not waited for" $changes/journal/mod.rs 's/let within = self\.within_process\(&key\)\.lock_owned\(\)\.await;/let within = Arc::new(tokio::sync::Mutex::new(())).lock_owned().await;/' writes exclusion::what_many
fault "what another client made not looked for" $changes/made_before.rs 's/(if plan\.unchanged) \|\|/$1 || true ||/' writes exclusion::a_plan_that_many
fault "an old certificate retired before the others are verified" $changes/rotation/steps.rs 's/(&& other\.spec\.together == \*group)\s+&& other\.is_verified\(\)/$1/' writes barrier
fault "an answer that carries nothing believed" $changes/recovery.rs 's/if applied\.how != How::Accepted \{/if true {/' writes conformance
fault "repetitions not counted" crates/certfleet/src/adapter/pages.rs 's/notes\.add_repeated\(listed - items\.len\(\)\);/let _ = listed;/' faults virtual::listings

# The sandbox.
fault "the sandbox answers a wrong type" $box/openai/wire.rs 's/created_at: i64,/created_at: String,/; s/created_at: certificate\.created_at\.timestamp\(\)/created_at: certificate.created_at.to_rfc3339()/' contract sandbox::every_operation
fault "the sandbox answers another status" $box/cloudflare/answer.rs 's/StatusCode::ACCEPTED/StatusCode::OK/' contract sandbox::every_operation
fault "the sandbox wants an older field" $box/openai/request.rs 's/"certificate_ids"/"data"/g' contract sandbox::every_operation
fault "the sandbox leaves a required field out" $box/openai/wire.rs 's/    name: Option<&.a str>,/    #[serde(skip_serializing_if = "Option::is_none")]\n    name: Option<&\x27a str>,/' contract sandbox::every_operation
fault "the sandbox miscounts" $box/apinizer/wire.rs 's/json!\(certificates\.len\(\)\)/json!(certificates.len().to_string())/' contract sandbox::every_operation
fault "the sandbox lets a wrong key in" $box/apinizer/answer.rs 's/Some\(APINIZER_TOKEN\) => \{\}/Some(_) => {}/' contract sandbox::whoever_asks

echo
printf '%s' "$table"
if [ "${PATTERNS:-0}" = 1 ]; then
    echo "mutations: $caught/$total patterns match"
else
    echo "mutations: $((caught + compiler))/$total caught ($compiler by the compiler), $missed missed, $stale stale"
fi
[ "$missed" -eq 0 ] && [ "$stale" -eq 0 ]
