//! Reads multipart/form-data (RFC 7578) as strictly as a server may: an opinion of its own, not the
//! client's encoder turned round.

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    /// Files have one.
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// The parts of a body, or what is wrong with it.
pub(super) fn parts(content_type: &str, body: &[u8]) -> Result<Vec<Part>, String> {
    let boundary = content_type
        .split(';')
        .filter_map(|parameter| parameter.trim().strip_prefix("boundary="))
        .next()
        .map(|boundary| boundary.trim_matches('"'))
        .filter(|boundary| (1..=70).contains(&boundary.len()))
        .ok_or("the content type has no usable boundary")?;
    let first = format!("--{boundary}\r\n");
    let next = format!("\r\n--{boundary}");
    let mut rest = body
        .strip_prefix(first.as_bytes())
        .ok_or("the form does not begin with its boundary")?;
    let mut parts = Vec::new();
    loop {
        let end = find(rest, next.as_bytes()).ok_or("a part does not end with the boundary")?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + next.len()..];
        if rest == b"--\r\n" || rest == b"--" {
            return Ok(parts);
        }
        rest = rest
            .strip_prefix(b"\r\n")
            .ok_or("the boundary is followed by something else")?;
    }
}

fn part(bytes: &[u8]) -> Result<Part, String> {
    let end = find(bytes, b"\r\n\r\n").ok_or("a part has no empty line after its headers")?;
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| "a part's headers are not UTF-8")?;
    let (mut disposition, mut content_type) = (None, None);
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':').ok_or("a part's header has no colon")?;
        match name.to_ascii_lowercase().as_str() {
            "content-disposition" => disposition = Some(value.trim()),
            "content-type" => content_type = Some(value.trim().to_owned()),
            other => {
                return Err(format!(
                    "a part has the header {other}, which RFC 7578 forbids"
                ));
            }
        }
    }
    let disposition = disposition
        .and_then(|value| value.strip_prefix("form-data"))
        .ok_or("a part is no form-data")?;
    let quoted = |name: &str| {
        let (_, after) = disposition.split_once(&format!("; {name}=\""))?;
        let (value, _) = after.split_once('"')?;
        Some(
            value
                .replace("%22", "\"")
                .replace("%0D", "\r")
                .replace("%0A", "\n"),
        )
    };
    Ok(Part {
        name: quoted("name").ok_or("a part has no name")?,
        file_name: quoted("filename"),
        content_type,
        bytes: bytes[end + 4..].to_vec(),
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--b\r\n\
            Content-Disposition: form-data; name=\"f\"; filename=\"x.pem\"\r\nContent-Type: text/plain\r\n\r\n\xff\r\n--b--\r\n";
        let read = parts("multipart/form-data; boundary=b", body).unwrap();
        assert_eq!(
            (read[0].name.as_str(), read[0].bytes.as_slice()),
            ("a", b"1\r\n2".as_slice())
        );
        assert_eq!(read[1].file_name.as_deref(), Some("x.pem"));
        assert_eq!(read[1].bytes, b"\xff");
    }

    #[test]
    fn refuses() {
        for (content_type, body) in [
            ("multipart/form-data", "--b\r\n\r\n--b--\r\n"),
            ("multipart/form-data; boundary=b", ""),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1",
            ),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n",
            ),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nX: y\r\n\r\n1\r\n--b--\r\n",
            ),
        ] {
            assert!(parts(content_type, body.as_bytes()).is_err(), "{body:?}");
        }
    }
}
