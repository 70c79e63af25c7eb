//! Folders.

use crate::{
    made::{issued, json_of, subjects},
    support::Place,
};
use serde_json::Value;

#[test]
fn folders_are_searched_by_content() {
    let place = Place::new();
    let (first, key) = issued("first.example", (2027, 1, 1));
    let (second, _) = issued("second.example", (2028, 1, 1));
    let root = place.0.path().join("mounted");
    let hidden = root.join("..2026_11_30");
    std::fs::create_dir_all(&hidden).unwrap();
    std::fs::create_dir_all(root.join("deep/er")).unwrap();
    // As Kubernetes mounts a secret.
    std::fs::write(hidden.join("tls.crt"), &first).unwrap();
    std::fs::write(hidden.join("tls.key"), &key).unwrap();
    std::os::unix::fs::symlink("..2026_11_30", root.join("..data")).unwrap();
    std::os::unix::fs::symlink("..data/tls.crt", root.join("tls.crt")).unwrap();
    std::os::unix::fs::symlink("..data/tls.key", root.join("tls.key")).unwrap();
    // Links in a circle, and to nothing.
    std::os::unix::fs::symlink("..", root.join("deep/up")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.join("deep/broken")).unwrap();
    std::fs::write(root.join("deep/er/notes.txt"), &second).unwrap();
    std::fs::write(root.join("deep/README.pem"), "nothing here").unwrap();
    std::fs::write(root.join("deep/empty.crt"), "").unwrap();
    // DER of something else, and bytes that only begin like DER.
    std::fs::write(root.join("deep/other.der"), [0x30, 3, 2, 1, 9]).unwrap();

    let ran = place.run(&["inspect", "mounted", "--output", "json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(subjects(&json), ["CN=first.example", "CN=second.example"]);
    assert_eq!(json["certificates"][0]["source"], "mounted/tls.crt");
    assert_eq!(
        json["certificates"][1]["source"],
        "mounted/deep/er/notes.txt"
    );
    assert_eq!(json["files_without"], 3);
    assert_eq!(
        json["others"],
        serde_json::json!([{"source": "mounted/tls.key", "line": 1, "what": "a private key"}])
    );

    // Beside a file without certificates there is nothing else.
    let table = place.run(&["inspect", "mounted"]).ok();
    assert!(
        table.ends_with("\nmounted/tls.key holds a private key on line 1, not shown here\n"),
        "{table}"
    );

    // What should be a certificate and cannot be read is a failure there too.
    std::fs::write(
        root.join("broken.crt"),
        first.replace("-----END", "-----FIN"),
    )
    .unwrap();
    let ran = place.run(&["inspect", "mounted"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stdout
            .contains("2 certificates, 0 expired, 1 unreadable; 3 files without a certificate"),
        "{ran:?}"
    );
    assert!(
        ran.stderr.starts_with("error: mounted/broken.crt: line "),
        "{ran:?}"
    );

    // A folder without any is not a quiet success.
    std::fs::create_dir(place.0.path().join("none")).unwrap();
    place.write("none/notes.txt", "nothing");
    let ran = place.run(&["inspect", "none"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .starts_with("error: none: no file in this folder holds a certificate"),
        "{ran:?}"
    );
}

/// A file of a folder that was not read, or not wholly, is not one without a certificate.
#[test]
fn no_file_of_a_folder_is_passed_over() {
    let place = Place::new();
    let (certificate, _) = issued("first.example", (2027, 1, 1));
    std::fs::create_dir(place.0.path().join("folder")).unwrap();
    place.write("folder/a.pem", &certificate);
    let large = std::fs::File::create(place.0.path().join("folder/b.bin")).unwrap();
    large.set_len(16 * 1024 * 1024).unwrap();
    let ran = place.run(&["inspect", "folder"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    large.set_len(16 * 1024 * 1024 + 1).unwrap();
    let ran = place.run(&["inspect", "folder"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.stderr,
        "error: folder/b.bin: larger than 16 MiB, not read\n"
    );
    assert!(
        ran.stdout
            .contains("1 certificate, 0 expired, 1 unreadable\n"),
        "{ran:?}"
    );
    // DER of a key, and of something else behind it.
    let mut der = rcgen::KeyPair::generate().unwrap().serialize_der();
    der.extend([0x30, 3, 2, 1, 9]);
    std::fs::write(place.0.path().join("folder/b.bin"), der).unwrap();
    let json = json_of(&place, &["folder"]);
    assert_eq!(
        json["others"],
        serde_json::json!([{"source": "folder/b.bin", "what": "a private key"}])
    );
    assert_eq!(json["failures"][0]["source"], "folder/b.bin");
    assert_eq!(json["files_without"], 0);
}
