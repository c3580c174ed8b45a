//! Another house with people's accounts, small, kept by a test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// What the other house says in its next word, and what it was asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Word {
    pub(crate) claims: Value,
    /// Whether it signs with a key that it does not show.
    pub(crate) forged: bool,
    /// By what it says that it signs, where it says otherwise than it does.
    pub(crate) says_alg: Option<&'static str>,
    /// The form that asked for the word, and by whom.
    pub(crate) asked: BTreeMap<String, String>,
    pub(crate) authorization: String,
}

/// Another house.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) address: String,
    pub(crate) word: Arc<Mutex<Word>>,
}

/// The keys of another house.
struct Keys {
    own: EcdsaKeyPair,
    /// Those that it does not show.
    other: EcdsaKeyPair,
    /// Its key of the other kind, where it signs with that.
    rsa: Option<RsaKeyPair>,
}

impl Keys {
    /// By the name of what it signs with: ES256 or RS256.
    fn new(alg: &str) -> Keys {
        // Nothing but these stories knows this key, and making one takes long.
        let text: String = include_str!("openid-rsa.txt").split_whitespace().collect();
        let rsa = || RsaKeyPair::from_der(&STANDARD.decode(&text).unwrap()).unwrap();
        Keys { own: key(), other: key(), rsa: (alg == "RS256").then(rsa) }
    }

    fn alg(&self) -> &'static str {
        if self.rsa.is_some() { "RS256" } else { "ES256" }
    }

    /// The key as the house shows it.
    fn shown(&self) -> Value {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        if let Some(rsa) = &self.rsa {
            let parts = PublicKeyComponents::<Vec<u8>>::from(rsa.public());
            return json!({ "kty": "RSA", "use": "sig", "kid": "1", "n": part(&parts.n), "e": part(&parts.e) });
        }
        let point = self.own.public_key().as_ref();
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": "1", "x": part(&point[1..33]), "y": part(&point[33..65]) })
    }

    /// What a word says, signed.
    fn sign(&self, word: &Word) -> String {
        let alg = word.says_alg.unwrap_or(self.alg());
        let head = json!({ "alg": alg, "kid": "1" }).to_string();
        let claims = URL_SAFE_NO_PAD.encode(word.claims.to_string());
        let text = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(head));
        let random = SystemRandom::new();
        let mut signature = match (alg, &self.rsa) {
            ("none", _) => Vec::new(),
            ("HS256", _) => {
                // What both houses know, taken for a key: the other house is not alone in having it.
                let key = hmac::Key::new(hmac::HMAC_SHA256, b"known to both");
                hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
            }
            (_, Some(rsa)) => {
                let mut signature = vec![0; rsa.public().modulus_len()];
                rsa.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).unwrap();
                signature
            }
            (_, None) => {
                let key = if word.forged { &self.other } else { &self.own };
                key.sign(&random, text.as_bytes()).unwrap().as_ref().to_vec()
            }
        };
        if word.forged && self.rsa.is_some() {
            signature[7] ^= 1;
        }
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap()
}

pub(crate) fn form(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

impl House {
    pub(crate) fn open(alg: &'static str) -> House {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let word = Arc::new(Mutex::new(Word::default()));
        let (issuer, told) = (address.clone(), word.clone());
        std::thread::spawn(move || {
            let keys = Keys::new(alg);
            for stream in listener.incoming() {
                answer(stream.unwrap(), &issuer, &told, &keys);
            }
        });
        House { address, word }
    }

    pub(crate) fn says(&self, claims: Value) {
        self.word.lock().unwrap().claims = claims;
    }
}

fn answer(mut stream: TcpStream, issuer: &str, word: &Mutex<Word>, keys: &Keys) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let header = |name: &str| {
        let found = lines.iter().filter_map(|line| line.split_once(": "));
        found.filter(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next()
    };
    let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let path = lines.first().map_or("", |line| line.split(' ').nth(1).unwrap());
    let told = match path {
        "/.well-known/openid-configuration" => json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [keys.alg()],
        }),
        "/keys" => json!({ "keys": [keys.shown()] }),
        "/token" => {
            let mut word = word.lock().unwrap();
            word.asked = form(std::str::from_utf8(&body).unwrap());
            word.authorization = header("authorization").unwrap_or_default();
            json!({ "access_token": "a", "token_type": "Bearer", "id_token": keys.sign(&word) })
        }
        other => panic!("{other} is asked of nobody"),
    };
    let told = told.to_string();
    let length = told.len();
    let kind = "Content-Type: application/json\r\nConnection: close";
    write!(stream, "HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {length}\r\n\r\n{told}").unwrap();
}
