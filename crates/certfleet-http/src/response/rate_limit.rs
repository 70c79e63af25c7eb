//! The vendor's word on how many requests are left.

use super::raw_response::RawResponse;
use http::HeaderMap;
use std::time::Duration;

/// How many requests a vendor still takes, by one of its policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// The requests that are left.
    pub remaining: u64,
    /// The time until there are more.
    pub resets_in: Option<Duration>,
    /// The requests of a whole window, if the vendor states them.
    pub quota: Option<u64>,
    /// The window.
    pub window: Option<Duration>,
}

/// Reads the headers `RateLimit` and `RateLimit-Policy` of the IETF draft, as Cloudflare sends them:
/// `"default";r=50;t=30` has, for each policy, the requests that are left and the seconds until there are more, and
/// `"default";q=100;w=60` the requests of a window and its seconds. The policies' names are not kept: they are any
/// text of the vendor's.
pub fn rate_limits(headers: &HeaderMap) -> Vec<RateLimit> {
    let policies = items(headers, "ratelimit-policy");
    let limit = |(name, item): &(&str, &str)| {
        let policy = policies.iter().find(|(known, _)| known == name);
        let of_policy = |key| number(policy?.1, key);
        Some(RateLimit {
            remaining: number(item, "r")?,
            resets_in: number(item, "t").map(Duration::from_secs),
            quota: of_policy("q"),
            window: of_policy("w").map(Duration::from_secs),
        })
    };
    items(headers, "ratelimit")
        .iter()
        .filter_map(limit)
        .collect()
}

/// The items of a header that is a list, each with its name.
fn items<'a>(headers: &'a HeaderMap, header: &str) -> Vec<(&'a str, &'a str)> {
    let values = headers.get_all(header).into_iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(|item| (item.split(';').next().unwrap_or_default().trim(), item))
        .collect()
}

/// A parameter of an item.
fn number(item: &str, name: &str) -> Option<u64> {
    item.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.trim().split_once('=')?;
        (key == name).then(|| value.trim().parse().ok())?
    })
}

/// Returns the wait if no request is left, the longest of several policies.
pub(crate) fn exhausted(response: &RawResponse) -> Option<Duration> {
    rate_limits(&response.headers)
        .into_iter()
        .filter(|limit| limit.remaining == 0)
        .filter_map(|limit| limit.resets_in)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (values, seconds) in [
            (&[r#""default";r=50;t=30"#][..], None),
            (&[r#""default";r=0;t=30"#], Some(30)),
            (&[r#""default";t=30; r=0"#], Some(30)),
            (&[r#""default";r=0;t=30, "burst";r=0;t=60"#], Some(60)),
            (&[r#""default";r=1;t=30, "burst";r=0;t=5"#], Some(5)),
            (&[r#""a";r=0;t=3"#, r#""b";r=0;t=4"#], Some(4)),
            (&[r#""default";r=0"#], None),
            (&[r#""default";r=-1;t=9"#], None),
            (&["r=0;t=9"], None),
            (&["junk", ";;;=,=;r"], None),
            (&[], None),
        ] {
            let mut headers = http::HeaderMap::new();
            for value in values {
                headers.append("ratelimit", value.parse().unwrap());
            }
            let response = RawResponse {
                status: http::StatusCode::OK,
                headers,
                body: Default::default(),
            };
            assert_eq!(
                exhausted(&response),
                seconds.map(Duration::from_secs),
                "{values:?}"
            );
        }
    }

    #[test]
    fn what_is_left_of_what() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let headers: HeaderMap = [
            ("ratelimit", r#""default";r=50;t=30, "burst";r=2"#),
            ("ratelimit-policy", r#""burst";q=100;w=60"#),
        ]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect::<HeaderMap>();
        let limit = |remaining, resets_in, quota, window| RateLimit {
            remaining,
            resets_in,
            quota,
            window,
        };
        assert_eq!(
            rate_limits(&headers),
            [
                limit(50, seconds(30), None, None),
                limit(2, None, Some(100), seconds(60))
            ]
        );
    }
}
