//! Every command with the arguments it is run with.

/// Every command with its arguments. A command that is added needs its line here.
pub const COMMANDS: &[(&str, &[&[&str]])] = &[
    (
        "list",
        &[
            &["list"],
            &["list", "--output", "json"],
            &["list", "--output", "ndjson"],
            &["list", "--output", "csv", "--fetch-content"],
            &["list", "--by", "certificate"],
            &["list", "--jq", "."],
        ],
    ),
    (
        "who-has",
        &[
            &["who-has", "new.pem"],
            &["who-has", "3fa209aa", "--output", "json"],
        ],
    ),
    (
        "get",
        &[
            &["get", "openai/openai/cert_a"],
            &["get", "openai/openai/cert_a", "--output", "json"],
            &["get", "cloudflare/cloudflare/a", "--native"],
            &["get", "patchworks/patchworks/1"],
            &["get", "apinizer/apinizer/a", "--output", "json"],
        ],
    ),
    (
        "inspect",
        &[
            &["inspect", "key.pem", "secrets/token", "broken.pem"],
            &[
                "inspect",
                "key.pem",
                "secrets/token",
                "broken.pem",
                "--output",
                "json",
            ],
            &["inspect", "key.pem", "broken.pem", "--output", "csv"],
        ],
    ),
    (
        "check",
        &[
            &["check", "--within", "30d", "--output", "json"],
            &["check", "--output", "nagios", "--ignore", "broken.pem"],
            &["check", "--output", "nagios"],
            &["check", "--output", "prometheus", "--to", "out.prom"],
        ],
    ),
    ("serve", &[&["serve", "--listen", TAKEN_ADDRESS]]),
    (
        "diff",
        &[&["diff", "key.pem"], &["diff", "broken.pem", "key.pem"]],
    ),
    (
        "export",
        &[&["export", "apinizer/apinizer/a", "--to", "out.zip"]],
    ),
    (
        "report",
        &[
            &["report", "--html", "-"],
            &["report", "--ics", "-"],
            &["report", "--markdown", "-", "--no-content"],
            &["report", "--markdown", "-", "--from", "key.pem"],
        ],
    ),
    (
        "upload",
        &[
            &[
                "upload",
                "new.pem",
                "--account",
                "openai",
                "--name",
                "n",
                "--yes",
            ],
            // The key and its passphrase go to the vendor, which repeats them.
            &[
                "upload",
                "--account",
                "patchworks",
                "--key-ref",
                "file:pair.pem",
                "--passphrase-ref",
                "file:secrets/passphrase",
                "--yes",
                ALL[0],
                ALL[1],
                "--output",
                "json",
            ],
            &["upload", "key.pem", "--account", "openai", "--yes"],
        ],
    ),
    (
        "generate",
        &[&[
            "generate",
            "--account",
            "cloudflare",
            "--yes",
            ALL[0],
            ALL[1],
        ]],
    ),
    (
        "rename",
        &[&["rename", "openai/openai/cert_a", "--to", "n", "--yes"]],
    ),
    (
        "activate",
        &[&[
            "activate",
            "openai/openai/cert_a",
            "--at",
            "organization",
            "--yes",
            ALL[0],
            ALL[1],
        ]],
    ),
    (
        "deactivate",
        &[&[
            "deactivate",
            "cloudflare/cloudflare/a",
            "--yes",
            ALL[0],
            ALL[1],
            "--no-wait",
        ]],
    ),
    (
        "replace",
        &[&[
            "replace",
            "apinizer/apinizer/a",
            "--with",
            "new.pem",
            "--environment",
            "test",
            "--references",
            "keep",
            "--yes",
            ALL[0],
            ALL[1],
        ]],
    ),
    (
        "delete",
        &[&[
            "delete",
            "patchworks/patchworks/1",
            "--yes",
            ALL[0],
            ALL[1],
            "--output",
            "json",
        ]],
    ),
    (
        "plan",
        &[
            &["plan", "delete", "patchworks/patchworks/1"],
            &[
                "plan",
                "--output",
                "json",
                "rotate",
                "patchworks/patchworks/1",
                "--with",
                "new.pem",
                "--key-ref",
                "file:pair.pem",
                "--passphrase-ref",
                "file:secrets/passphrase",
            ],
        ],
    ),
    ("apply", &[&["apply", "key.pem", "--yes"]]),
    (
        "rotate",
        &[&[
            "rotate",
            "openai/openai/cert_a",
            "--with",
            "new.pem",
            "--yes",
            ALL[0],
            ALL[1],
            "--verified",
        ]],
    ),
    ("resume", &[&["resume", "--output", "json"]]),
    (
        "journal",
        &[
            &["journal"],
            &["journal", "--output", "json"],
            &["journal", "status", "--output", "json"],
            &["journal", "copy", "key.pem", "copied.jsonl"],
            &["journal", "migrate"],
        ],
    ),
    (
        "capabilities",
        &[&["capabilities"], &["capabilities", "--output", "json"]],
    ),
    (
        "accounts",
        &[&["accounts"], &["accounts", "--output", "json"]],
    ),
    (
        "config",
        &[
            &["config", "check"],
            &["--config", "secrets/token", "config", "check"],
            &["--config", "key.pem", "config", "check"],
            &["config", "path"],
            &["config", "schema"],
            &["config", "init", "--provider", "openai", "--print"],
            &["config", "init"],
        ],
    ),
    (
        "consequences",
        &[&["consequences"], &["consequences", "deploys"]],
    ),
    ("schema", &[&["schema", "list"]]),
    // It would serve until it is interrupted.
    ("sandbox", &[&["sandbox", "--port", TAKEN]]),
    ("completions", &[&["completions", "bash"]]),
    ("man", &[&["man", "list"]]),
];

/// Agrees to everything.
const ALL: [&str; 2] = [
    "--acknowledge",
    "enforcement_starts,enforcement_stops,trust_ends,deploys,undeploys,displaces,detaches_references,deletes_references,updates_references,adds_entries,consumes_daily_quota,may_be_partial,cannot_be_undone,cannot_be_read",
];

/// Stands for a port that cannot be had.
pub const TAKEN: &str = "a port that is taken";

/// Stands for that port and its host.
pub const TAKEN_ADDRESS: &str = "an address that is taken";
