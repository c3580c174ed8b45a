//! A mail server that tests start: it speaks SMTP as far as letters need it, encrypted or not, with or without a sign-in.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How a mail server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Open,
    Starttls,
    Tls,
}

/// A letter that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) body: String,
    pub(crate) signed_in: Option<String>,
    pub(crate) encrypted: bool,
}

/// A mail server.
pub(crate) struct Post {
    pub(crate) port: u16,
    letters: Mutex<Receiver<Letter>>,
    /// The certificate by which it is known, as PEM.
    pub(crate) certificate: String,
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl Post {
    /// Refuses `never@…` for good and `later@…` for now. Where somebody must sign in, the password is `letmein`.
    pub(crate) fn open(door: Door, signs_in: bool) -> Post {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, letters) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, config, told) = (stream.unwrap(), config.clone(), told.clone());
                std::thread::spawn(move || {
                    let secured = |stream| {
                        Box::new(StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream))
                            as Box<dyn Stream>
                    };
                    if door == Door::Tls {
                        let _ =
                            talk(&mut BufReader::new(secured(stream)), true, true, signs_in, false, &told);
                        return;
                    }
                    let offers = door == Door::Starttls;
                    let plain: Box<dyn Stream> = Box::new(stream.try_clone().unwrap());
                    let ended = talk(&mut BufReader::new(plain), true, false, signs_in, offers, &told);
                    if let Ok(true) = ended {
                        let _ =
                            talk(&mut BufReader::new(secured(stream)), false, true, signs_in, false, &told);
                    }
                });
            }
        });
        Post { port, letters: Mutex::new(letters), certificate: made.cert.pem() }
    }

    /// The letters that were taken since the last look.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().try_iter().collect()
    }
}

/// Speaks with one that sends letters; true where they want to go on encrypted.
fn talk(
    stream: &mut BufReader<Box<dyn Stream>>,
    greets: bool,
    encrypted: bool,
    signs_in: bool,
    offers: bool,
    told: &Sender<Letter>,
) -> std::io::Result<bool> {
    let say = |stream: &mut BufReader<Box<dyn Stream>>, text: &str| {
        stream.get_mut().write_all(format!("{text}\r\n").as_bytes())?;
        stream.get_mut().flush()
    };
    if greets {
        say(stream, "220 localhost")?;
    }
    let (mut from, mut to, mut who) = (String::new(), String::new(), None);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(false);
        }
        let line = line.trim_end().to_owned();
        let verb = line.to_ascii_uppercase();
        if verb.starts_with("EHLO") {
            if offers {
                say(stream, "250-STARTTLS")?;
            }
            say(stream, if signs_in { "250 AUTH PLAIN LOGIN" } else { "250 8BITMIME" })?;
        } else if verb.starts_with("STARTTLS") {
            say(stream, "220 go on")?;
            return Ok(true);
        } else if let Some(rest) = line.strip_prefix("AUTH PLAIN ") {
            use base64::Engine;
            let said = base64::engine::general_purpose::STANDARD.decode(rest).unwrap_or_default();
            let said = String::from_utf8_lossy(&said).into_owned();
            let parts: Vec<&str> = said.split('\0').collect();
            if parts.get(2) == Some(&"letmein") {
                who = Some(parts[1].to_owned());
                say(stream, "235 welcome")?;
            } else {
                say(stream, "535 no")?;
            }
        } else if verb.starts_with("MAIL FROM:") {
            if signs_in && who.is_none() {
                say(stream, "530 sign in")?;
            } else {
                from = line[10..].to_owned();
                say(stream, "250 ok")?;
            }
        } else if verb.starts_with("RCPT TO:") {
            to = line[8..].trim_matches(['<', '>']).to_owned();
            say(
                stream,
                match to.split('@').next() {
                    Some("never") => "550 nobody",
                    Some("later") => "451 busy",
                    _ => "250 ok",
                },
            )?;
        } else if verb == "DATA" {
            say(stream, "354 go")?;
            let mut body = String::new();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line)?;
                if line == ".\r\n" {
                    break;
                }
                body += &line;
            }
            let letter =
                Letter { from: from.clone(), to: to.clone(), body, signed_in: who.clone(), encrypted };
            let _ = told.send(letter);
            say(stream, "250 taken")?;
        } else if verb == "QUIT" {
            say(stream, "221 bye")?;
            return Ok(false);
        } else {
            say(stream, "250 ok")?;
        }
    }
}
