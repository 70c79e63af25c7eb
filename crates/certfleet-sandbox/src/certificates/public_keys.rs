//! Public keys for the seeded certificates that are not Ed25519.
//!
//! Made once with OpenSSL; the private keys were never written anywhere, so nothing here can sign.

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256};

use super::keys::PublicKey;

pub(crate) const P256_A: PublicKey = PublicKey {
    algorithm: &PKCS_ECDSA_P256_SHA256,
    base64: "BEd9qcevRFtGIdXRMdMdxn75G2lM2hfGsG0p5DZZCo6b1jh5HoSJFrd0jxlHY/gu9pVmM0JFj9DVv/dChIGbT+E=",
};

pub(crate) const P256_B: PublicKey = PublicKey {
    algorithm: &PKCS_ECDSA_P256_SHA256,
    base64: "BIC8upViEoccEsZFC0XZ/SSlWCu3KckzjpWDGPxu16IQzoBwPE/WQYOXhBAifv8s/bEUbOtDH9wGcYc8dFXTqJY=",
};

pub(crate) const P256_C: PublicKey = PublicKey {
    algorithm: &PKCS_ECDSA_P256_SHA256,
    base64: "BOKMjO8dvd7PwSBVSkZuWVINsGD02KGPN2+Hhss/dSAsVdalP4jddJnFuQX2WgLCN7RW8yr21oqvfzvBZTJj+CU=",
};

pub(crate) const P256_D: PublicKey = PublicKey {
    algorithm: &PKCS_ECDSA_P256_SHA256,
    base64: "BLAIDdB9OblZvzSlmH3rzd6BEcvbVcx5b6eQBoQUjlOGxLYmKxRnW6svt96Qm2JYPe2RL6xjahW1RdI02fXFUVw=",
};

pub(crate) const P256_E: PublicKey = PublicKey {
    algorithm: &PKCS_ECDSA_P256_SHA256,
    base64: "BJLt6WUOpAgV5RiLxfHyjf3uHX4wO5/NcZF82wdUASJ+wjFrmVPhgV4hrC42qAJt+pA1tsZ8h1/Q7EOnVkK44YY=",
};

pub(crate) const P384_A: PublicKey = PublicKey {
    algorithm: &PKCS_ECDSA_P384_SHA384,
    base64: "BB8y/GS7NxO6TfUKu6I8/YpWVsTHaZ2m2n7wxPAMss5P0wjhkv0rN8kqwc3mZSVnOH1bvwJHJjDah0pcU3L0+WlBc0we9WkTPML+6ZnMlsm2O8hiobIcKgC6IutfIhrssw==",
};

pub(crate) const P384_B: PublicKey = PublicKey {
    algorithm: &PKCS_ECDSA_P384_SHA384,
    base64: "BLima/bWE9cuUx8w/xJ74h2MGtmi2b5z9hl88M6BjMLoRvJJX+HcuDTMWpSQd1r9QGf005uJVxod3gv8vn9Q/iT+2HWnRjcy4s9BfXHCmyCmlsXn6o3jrZpIHlH+jitxWg==",
};

pub(crate) const RSA_2048_A: PublicKey = PublicKey {
    algorithm: &PKCS_RSA_SHA256,
    base64: "MIIBCgKCAQEAww9EbHy/963wfQIgOAQR3JFpVyFC89BjTST/ikKwdQbeVoCHlOM+WRhVtDLueeWO9+KA90W0hyR2Qg/BxANLY+HKVO3Lz5xIYNnmWVBxZlml54xSmLxpiRUfzcsXJOX2dMxtB2Lp5o8H1OGBJx8cQp5eZZBN22k+rROP6Kct+IN0QCStAc+0YKwlYcPbrt+eCWOQ5IR6bys6Z39G0dlhfdpm5hvLHccaqo4xed+r1tjEjjsnb1273GG6cgSZvTSKSZ6VLqOCouzAH8G2xUF2LSU+ervQoy6Pjk0x3O3To/kkmLduadDvRNJIn6PKNjnGzeK0+nvTH+FticgB0h4ZVQIDAQAB",
};

pub(crate) const RSA_2048_B: PublicKey = PublicKey {
    algorithm: &PKCS_RSA_SHA256,
    base64: "MIIBCgKCAQEAqC2b92sASHJYL+jwAyElvJReVEZ/WR03Z/FnVIoH2fTQO678/JDkjrZayo0fgkFqkmwa4YDk0LmAfTJyLFrI//cY7pX5zTn+DHtEsADtq1YOQJfohh7nNAAErI9y/gbrUVvfm9zKAY64Q1ZO5a5s4boqRmYAlhqedhnjXIue++MI8UqqWV+shE0TyfwGNBX3tXH+zoyC8mBRRmzIm4DPDkYZHFZz6jVCgncxwroWwTxoStIfJ1tgFQ/NmHcnOwT7iZpdmTH8KyuHUIK9+hbZXUUNASB06+SpGWsmTe9XC1Nr+8aGkW+o5RB4Y5aSJSAUCnD25Wawj2rrTLy1oBdxLQIDAQAB",
};

pub(crate) const RSA_2048_C: PublicKey = PublicKey {
    algorithm: &PKCS_RSA_SHA256,
    base64: "MIIBCgKCAQEAwp1vxxbjAFnup0tjD8CJkTxY4VZJ0+Tpjo2Y7F6qZP/siJeJNRSsqwdZKiOU8no06qRLQiWh+z4cg7FDtxLsrnloTUyLKe70MI2zJeBWSUi6VzqoG6UdRrwM2zMMBomJ0+7albr+TfRQK7ocpx2xLFUom15Zyg05Y4CVUaRJIPiEOvTLfSwOeFv61XO9Yk0NHV3yLtcfXJByJuS5Ukmmsz/wK/++jCUccjTbrvd5+O3gUbbxf4a7g24I9Df+ODAKJ4HY/cIICKfxu9xjzpJOrN68F6kZrIfgwxfW1BNwToZa0uL29Azg38feLlVt5L1FNK03mbcT10z6b8AGRqBUhwIDAQAB",
};

pub(crate) const RSA_2048_D: PublicKey = PublicKey {
    algorithm: &PKCS_RSA_SHA256,
    base64: "MIIBCgKCAQEArc/9nEXgkkh6xtGs/K1eiUzbAqnFYEKTlzzcVijAP1nUC49W36RU/oMdNuha2eYPqoqWp7KE7Yx/SDLlknxBWFyvjcIrLdCvm0zNOOxfAdl6fOnMGd4bdFILz7HFPTCqKmZ5po+OVHqwwGd9vxQek2hf0m+18rTst1lNlx+G+7NZ34r/akVVIJx4PMGwniUBnRnFZFHNO713RFn0ttgbkfPaTQo4hq21YgJOy0n/mzhH3gVzISlM3SylT1oSJ0pcyMwDgbj+1FUXq4E/Pu9+bb1zLr6tDfFiuLjF3WIcFiLDe/1rfSuvFansAmRt1OxEPkek0agSPDH7UJZUfpBTPwIDAQAB",
};

pub(crate) const RSA_4096_A: PublicKey = PublicKey {
    algorithm: &PKCS_RSA_SHA256,
    base64: "MIICCgKCAgEAvZ8G304zLn/XhwAWLaCEgsR5SMqiZUxuCE2/7Uwg4iDE5SooEynPES1+682m9tZzqFjcxKyT/0hwLKh4GKChG38d66tJPqh0Z7bzOEcHbL1bqMaAdl5iwG6FgmicRjm5oz8AYinjqVEwilnavYZF04ZTsuw6HgUq63FWnBTDDFGg6fzsm6tJxs3ybS+EhdNF5MdRUXyWuOqr4uK59SnYQzSqakyYsx8k/40jaiOWgAshLiwDgLJ3gHmsn9QbJ7HbsU0tgtfDLP3OQrnkjsPlh8zuQ6LrKJ3bWh8Ue+SNZd2J/iJRs3YqwzYJDpl+Wb+SANuKhhg+7KATUAXjEKov4u8EQux8mA3STosyYKFgqat/LOjZg6/2fUeSVqqyn9PQy3C654aKJp5vHCt+AXMb5wxMTvKsn8lESyDu9C9gY7xmTJZbpaSXhg4v18AcKwk6E4O9gYoRLia1pAYDOsDnXAfjrGGEwrd42xyWmO+oZ4/ru51xRTBDCneTMwPyl5Wuxegt8a1pd5ANtlET0gbAjpSSZCEGjn0+QjODE1ZWs+wdAqaok6blFU8xjmWkuGCXkXKXhc+E1Yl3ShwmvAeyw6kfzOBewTYadeZ/HcaABV8jBjZRl+Lrno10ebXKtOTdfVpCXkXwE5L9QtmxQfSg/d1ehvTKjg2qnB8sKzetLKECAwEAAQ==",
};
