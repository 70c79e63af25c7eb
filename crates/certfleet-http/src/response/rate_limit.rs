//! The vendor's word on how many requests are left.

use super::raw_response::RawResponse;
use std::time::Duration;

/// Reads the `RateLimit` header of the IETF draft, as Cloudflare sends it: `"default";r=50;t=30`,
/// for each policy the requests that are left and the seconds until there are more. Returns the
/// wait if none is left, the longest of several.
pub(crate) fn exhausted(response: &RawResponse) -> Option<Duration> {
    response
        .headers
        .get_all("ratelimit")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .filter_map(|policy| {
            let number = |name: &str| -> Option<u64> {
                policy.split(';').skip(1).find_map(|parameter| {
                    let (key, value) = parameter.trim().split_once('=')?;
                    (key == name).then(|| value.trim().parse().ok())?
                })
            };
            (number("r")? == 0).then(|| number("t"))?
        })
        .max()
        .map(Duration::from_secs)
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
}
