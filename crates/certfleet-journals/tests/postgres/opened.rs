//! What is refused where a journal is opened, and what is said then.

use crate::{
    Database, Password, options,
    server::{Identity, PASSWORD, Server},
};
use certfleet::ErrorKind;
use certfleet_journals::{Address, migrate, open};
use std::sync::Arc;

#[tokio::test]
async fn tables_are_made_by_migrate_alone_and_once() {
    let Some(server) = Server::shared() else {
        return;
    };
    let name = server.database();
    let database = Database { server, name };
    let error = open(&database.address(), &options()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Journal);
    let text = error.to_string();
    assert!(text.contains("certfleet journal migrate"), "{text}");
    assert_eq!(database.sql("SELECT to_regnamespace('certfleet')"), "");

    // Several at once make them once.
    let address = database.address();
    let options = options();
    let migrating = (0..8).map(|_| migrate(&address, &options));
    let made = futures_util::future::join_all(migrating).await;
    let made = made.into_iter().filter(|made| *made.as_ref().unwrap());
    assert_eq!(made.count(), 1);
    open(&address, &options).await.unwrap();

    database.sql("UPDATE certfleet.format SET version = 2");
    for text in [
        open(&address, &options).await.unwrap_err().to_string(),
        migrate(&address, &options).await.unwrap_err().to_string(),
    ] {
        assert!(text.contains("update certfleet"), "{text}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_repeated() {
    let Some(database) = Database::new().await else {
        return;
    };
    let mut options = options();
    options.secrets = Arc::new(Password("canary-that-is-wrong"));
    let error = open(&database.address(), &options).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("check the user and the password"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    let address = "postgres://ci@127.0.0.1:1/ops?sslmode=disable";
    let address = Address::parse(address).unwrap();
    let error = open(&address, &options()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Journal);
    let text = error.to_string();
    assert!(text.contains("cannot be reached"), "{text}");
    assert!(text.contains("127.0.0.1:1/ops"), "{text}");
}

#[tokio::test]
async fn unencrypted_is_for_this_machine_alone() {
    for host in ["db.example.com", "192.0.2.1", "127.0.0.1,db.example.com"] {
        let address = format!("postgres://ci@{host}/ops?sslmode=disable");
        let address = Address::parse(&address).unwrap();
        let error = open(&address, &options()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{host}");
        assert!(error.to_string().contains("unencrypted"), "{error}");
    }
}

/// The server's certificate is verified unless the address says otherwise, and who issued it may be named.
#[tokio::test]
async fn the_server_has_to_prove_who_it_is() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let identity = Identity {
        certificate: made.cert.pem(),
        key: made.signing_key.serialize_pem(),
    };
    let Some(server) = Server::start(Some(&identity)) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, &identity.certificate).unwrap();
    let base = format!(
        "postgres://owner@localhost:{}/postgres?password=env:X",
        server.port
    );
    let mut options = options();
    options.folder = folder.path().to_owned();
    let trusting = Address::parse(&format!("{base}&sslrootcert=root.pem")).unwrap();
    migrate(&trusting, &options).await.unwrap();
    let journal = open(&trusting, &options).await.unwrap();
    journal.read().await.unwrap();
    let encrypted = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'certfleet'";
    assert_eq!(server.sql("postgres", encrypted), "1");

    let untrusting = Address::parse(&base).unwrap();
    let error = open(&untrusting, &options).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.to_lowercase().contains("certificate"), "{text}");
    assert!(!text.contains(PASSWORD), "{text}");
}

#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let Some(database) = Database::new().await else {
        return;
    };
    let port = database.server.port;
    let address = format!("postgres://owner@127.0.0.1:{port}/postgres?password=env:X");
    let error = open(&Address::parse(&address).unwrap(), &options()).await;
    let text = error.unwrap_err().to_string();
    assert!(text.contains("TLS"), "{text}");
}
