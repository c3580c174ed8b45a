//! E-mail over the county's mail server.

use std::fmt;
use std::io::ErrorKind;
use std::time::{Duration, SystemTime};

use bangfu_domain::message::settle::{Cause, CauseKind, Outcome};
use jiff::Timestamp;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, SmtpTransport, Transport};
use tokio_rustls::rustls::pki_types::CertificateDer;

use super::compose::Said;

/// For how long each answer of the mail server is waited for.
const WAIT: Duration = Duration::from_secs(15);

/// How the way to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Encryption {
    /// After the greeting (STARTTLS); without it nothing is sent.
    Starttls,
    /// From the first byte.
    Tls,
    /// Not at all.
    None,
}

impl Encryption {
    /// The port that is usual for it.
    pub(crate) const fn port(self) -> u16 {
        match self {
            Encryption::Starttls => 587,
            Encryption::Tls => 465,
            Encryption::None => 25,
        }
    }
}

/// What is told of a mail server.
pub(crate) struct MailSettings {
    /// Its name.
    pub(crate) server: String,
    /// Its port.
    pub(crate) port: u16,
    /// How the way there is encrypted.
    pub(crate) encryption: Encryption,
    /// With what one signs in there, if one does: name and password.
    pub(crate) login: Option<(String, String)>,
    /// From whom messages come.
    pub(crate) from: Mailbox,
}

/// The mail server.
pub(crate) struct Mail {
    transport: SmtpTransport,
    from: Mailbox,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mail(…)")
    }
}

impl Mail {
    /// A mail server by its settings, known by these authorities and no others.
    pub(crate) fn new(
        settings: MailSettings,
        authorities: &[CertificateDer<'_>],
    ) -> Result<Mail, lettre::transport::smtp::Error> {
        Mail::with_patience(settings, authorities, WAIT)
    }

    /// The same with another patience.
    pub(super) fn with_patience(
        settings: MailSettings,
        authorities: &[CertificateDer<'_>],
        wait: Duration,
    ) -> Result<Mail, lettre::transport::smtp::Error> {
        let parameters = || {
            let builder = TlsParameters::builder(settings.server.clone());
            let builder = builder.certificate_store(CertificateStore::None);
            // One that this library cannot read proves nothing.
            let known = authorities.iter().filter_map(|one| Certificate::from_der(one.to_vec()).ok());
            known
                .fold(builder, lettre::transport::smtp::client::TlsParametersBuilder::add_root_certificate)
                .build()
        };
        let tls = match settings.encryption {
            Encryption::Starttls => Tls::Required(parameters()?),
            Encryption::Tls => Tls::Wrapper(parameters()?),
            Encryption::None => Tls::None,
        };
        let house = settings.from.email.domain().to_owned();
        let mut builder = SmtpTransport::builder_dangerous(settings.server)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(wait))
            .hello_name(ClientId::Domain(house));
        if let Some((name, password)) = settings.login {
            builder = builder.credentials(Credentials::new(name, password));
        }
        Ok(Mail { transport: builder.build(), from: settings.from })
    }

    /// Sends a message to a mailbox. A repeat bears the same id.
    pub(super) fn send(&self, to: &str, said: &Said, key: &str, at: Timestamp) -> Outcome {
        let Ok(address) = to.parse() else { return Outcome::Refused(Cause::bare(CauseKind::Address)) };
        let since = Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0));
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(said.subject.as_str())
            .date(SystemTime::UNIX_EPOCH + since)
            .message_id(Some(format!("<{key}@{}>", self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(said.text.clone());
        let Ok(message) = message else { return Outcome::Refused(Cause::bare(CauseKind::Address)) };
        match self.transport.send(&message) {
            Ok(_) => Outcome::Sent,
            Err(error) => outcome(&error),
        }
    }
}

/// Answers of a mail server that does not take the sign-in: whoever set the password mends it, for all messages at once.
const LOGIN: [u16; 4] = [530, 534, 535, 538];

fn outcome(error: &lettre::transport::smtp::Error) -> Outcome {
    if let Some(status) = error.status() {
        let code = u16::from(status);
        return match code {
            code if LOGIN.contains(&code) => Outcome::Later(Cause::told(CauseKind::Login, code)),
            500..=599 => Outcome::Refused(Cause::told(CauseKind::Mail, code)),
            code => Outcome::Later(Cause::told(CauseKind::Mail, code)),
        };
    }
    // Where a read is given up, systems say either of these.
    let mut causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let is_late = causes.any(|cause| {
        let kind = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        matches!(kind, Some(ErrorKind::TimedOut | ErrorKind::WouldBlock))
    });
    Outcome::Later(Cause::bare(match () {
        () if is_late || error.is_timeout() => CauseKind::Timeout,
        () if error.is_tls() => CauseKind::Encryption,
        // What the server offers is not what was set: no encryption, or no way to sign in.
        () if error.is_client() => CauseKind::Encryption,
        () => CauseKind::Unreachable,
    }))
}
