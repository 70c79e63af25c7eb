//! Choices Cloudflare leaves.

use std::time::Duration;

use http::StatusCode;

use crate::RateLimit;

/// What Cloudflare's sandbox does where the document is silent or old.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloudflareBehaviour {
    /// `binding_status` says `active`, as it used to, instead of `available`. Default: no.
    pub says_active: bool,
    /// How long `pending_deployment` and `pending_deletion` last. Default: 3 seconds.
    pub settles_after: Duration,
    /// The status for an id that names nothing. Default: 404.
    pub unknown_id: StatusCode,
    /// The status when deleting what is active, or deactivating what is in use (code 2118). 500 was seen once. Default:
    /// 400.
    pub in_the_way: StatusCode,
    /// How many certificates an account can create in 24 hours. Default: 3.
    pub creations_a_day: usize,
    /// How many certificates can be available at once. Default: 10.
    pub most_available: usize,
    /// How long the records' `in_use` is behind the Gateway configuration. Default: not at all.
    pub in_use_follows_after: Duration,
    /// The Gateway configuration has `custom_certificate` too, as in older accounts. Default: no.
    pub older_settings: bool,
    /// An answer to a change of the Gateway configuration shows blocks that are not set, which a read does not.
    /// Default: no.
    pub shows_unset_settings: bool,
    /// Records carry `qs_pack_id`, and unset times are `0001-01-01T00:00:00Z`, as seen on the live API. Default: yes.
    pub live_extras: bool,
    /// Fingerprints print a zero byte as `0`, as in the documented sample. Default: no.
    pub short_fingerprint_groups: bool,
    /// Lists carry `result_info`. Default: yes.
    pub result_info: bool,
    /// Authentication failures are only `{success, errors}`. Default: no.
    pub short_auth_errors: bool,
    /// Every answer carries `Ratelimit` and `Ratelimit-Policy`. Default: yes.
    pub rate_headers: bool,
    /// Answers 429 beyond this. Documented are 1200 in 5 minutes. Default: none.
    pub rate_limit: Option<RateLimit>,
}

impl Default for CloudflareBehaviour {
    fn default() -> Self {
        Self {
            says_active: false,
            settles_after: Duration::from_secs(3),
            unknown_id: StatusCode::NOT_FOUND,
            in_the_way: StatusCode::BAD_REQUEST,
            creations_a_day: 3,
            most_available: 10,
            in_use_follows_after: Duration::ZERO,
            older_settings: false,
            shows_unset_settings: false,
            live_extras: true,
            short_fingerprint_groups: false,
            result_info: true,
            short_auth_errors: false,
            rate_headers: true,
            rate_limit: None,
        }
    }
}
