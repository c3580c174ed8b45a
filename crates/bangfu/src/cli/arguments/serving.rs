//! What a server is told: each of these is an option, a variable and a line of the settings file.

use std::net::SocketAddr;
use std::path::PathBuf;

use bangfu_domain::grant::HOURS_MAX;
use bangfu_domain::message::quiet::Quiet;
use bangfu_domain::officer::Role;
use bangfu_sheets::read::CELLS_MAX;
use clap::{ArgAction, Args, value_parser};

use super::role;
use crate::app::Privacy;
use crate::intake::Limits;
use crate::notify::Encryption;
use crate::system::network::Network;

#[derive(Debug, Args)]
pub(in crate::cli) struct Serve {
    #[arg(long, default_value = "127.0.0.1:8080", env = "BANGFU_LISTEN", value_name = "ADDRESS")]
    pub(in crate::cli) listen: SocketAddr,
    #[arg(long, env = "BANGFU_METRICS", value_name = "ADDRESS")]
    pub(in crate::cli) metrics: Option<SocketAddr>,
    #[arg(long, default_value = "02:00", env = "BANGFU_CLOSE_AT", value_name = "HH:MM")]
    pub(in crate::cli) close_at: jiff::civil::Time,
    #[arg(long, default_value = "30", env = "BANGFU_STOP_SECONDS", value_name = "N", value_parser = value_parser!(u64).range(0..=3600))]
    pub(in crate::cli) stop_seconds: u64,
    #[arg(long, default_value = "20", env = "BANGFU_LEASE_SECONDS", value_name = "N", value_parser = value_parser!(u64).range(2..=3600))]
    pub(in crate::cli) lease_seconds: u64,
    #[arg(long, default_value = "600", env = "BANGFU_API_RATE", value_name = "N", value_parser = value_parser!(u32).range(1..=60_000))]
    pub(in crate::cli) api_rate: u32,
    #[command(flatten)]
    pub(in crate::cli) reach: Reach,
    #[arg(long, env = "BANGFU_SECOND_FACTOR", value_name = "ROLES", value_delimiter = ',', value_parser = role)]
    pub(in crate::cli) second_factor: Vec<Role>,
    #[command(flatten)]
    pub(in crate::cli) openid: Openid,
    #[command(flatten)]
    pub(in crate::cli) sending: Sending,
    #[command(flatten)]
    pub(in crate::cli) uploads: Uploads,
    #[command(flatten)]
    pub(in crate::cli) privacy: Lookups,
}

/// What people may look up besides what their posts show them.
#[derive(Debug, Args)]
pub(in crate::cli) struct Lookups {
    #[arg(long, env = "BANGFU_UNMASK_PER_DAY", value_name = "N", value_parser = value_parser!(u32).range(1..=100_000))]
    pub(in crate::cli) unmask_per_day: Option<u32>,
    #[arg(long, env = "BANGFU_ACCESS_HOURS_MAX", value_name = "N", value_parser = value_parser!(u32).range(1..=i64::from(HOURS_MAX)))]
    pub(in crate::cli) access_hours_max: Option<u32>,
}

impl Lookups {
    /// As the pages hold it.
    pub(in crate::cli) fn as_set(&self) -> Privacy {
        Privacy { unmask_per_day: self.unmask_per_day, access_hours_max: self.access_hours_max }
    }
}

/// Another house in which people can sign in.
#[derive(Debug, Args)]
pub(in crate::cli) struct Openid {
    #[arg(long, env = "BANGFU_OPENID_ISSUER", value_name = "ISSUER")]
    pub(in crate::cli) openid_issuer: Option<String>,
    #[arg(long, env = "BANGFU_OPENID_CLIENT", value_name = "NAME")]
    pub(in crate::cli) openid_client: Option<String>,
    #[arg(long, env = "BANGFU_OPENID_SECRET_FILE", value_name = "FILE")]
    pub(in crate::cli) openid_secret_file: Option<PathBuf>,
    #[arg(long, env = "BANGFU_OPENID_PAGES", value_name = "PAGES")]
    pub(in crate::cli) openid_pages: Option<String>,
    #[arg(long, default_value = "preferred_username", env = "BANGFU_OPENID_CLAIM", value_name = "CLAIM")]
    pub(in crate::cli) openid_claim: String,
    #[arg(long, env = "BANGFU_OPENID_LABEL_ZH", value_name = "LABEL")]
    pub(in crate::cli) openid_label_zh: Option<String>,
    #[arg(long, env = "BANGFU_OPENID_LABEL_EN", value_name = "LABEL")]
    pub(in crate::cli) openid_label_en: Option<String>,
    #[arg(long, env = "BANGFU_OPENID_AUTHORITY", value_name = "FILE.pem")]
    pub(in crate::cli) openid_authority: Option<PathBuf>,
}

/// What leaves this machine, and over which channels.
#[derive(Debug, Args)]
pub(in crate::cli) struct Sending {
    #[arg(long, env = "BANGFU_PAGES", value_name = "PAGES")]
    pub(in crate::cli) pages: Option<String>,
    #[arg(long, env = "BANGFU_SMTP_SERVER", value_name = "SERVER")]
    pub(in crate::cli) smtp_server: Option<String>,
    #[arg(long, env = "BANGFU_SMTP_PORT", value_name = "N")]
    pub(in crate::cli) smtp_port: Option<u16>,
    #[arg(long, value_enum, default_value = "starttls", env = "BANGFU_SMTP_TLS", value_name = "WAY")]
    pub(in crate::cli) smtp_tls: Encryption,
    #[arg(long, env = "BANGFU_SMTP_LOGIN", value_name = "NAME")]
    pub(in crate::cli) smtp_login: Option<String>,
    #[arg(long, env = "BANGFU_SMTP_PASSWORD_FILE", value_name = "FILE")]
    pub(in crate::cli) smtp_password_file: Option<PathBuf>,
    #[arg(long, env = "BANGFU_SMTP_FROM", value_name = "MAILBOX")]
    pub(in crate::cli) smtp_from: Option<String>,
    #[arg(long, env = "BANGFU_SMS_FILE", value_name = "FILE.toml")]
    pub(in crate::cli) sms_file: Option<PathBuf>,
    #[arg(long, env = "BANGFU_SEND_HOSTS", value_name = "HOSTS", value_delimiter = ',')]
    pub(in crate::cli) send_hosts: Vec<String>,
    #[arg(long, env = "BANGFU_SEND_AUTHORITY", value_name = "FILE.pem")]
    pub(in crate::cli) send_authority: Option<PathBuf>,
    #[arg(long, default_value = "21:00-08:00", env = "BANGFU_QUIET_HOURS", value_name = "HOURS")]
    pub(in crate::cli) quiet_hours: Quiet,
    #[arg(long, default_value = "false", env = "BANGFU_QUIET_URGENT", value_name = "YES", action = ArgAction::Set)]
    pub(in crate::cli) quiet_urgent: bool,
}

/// What is sent at once.
#[derive(Debug, Args)]
pub(in crate::cli) struct Send {
    #[command(flatten)]
    pub(in crate::cli) sending: Sending,
}

/// How the pages are reached.
#[derive(Debug, Args)]
pub(in crate::cli) struct Reach {
    #[arg(long, env = "BANGFU_TLS", value_name = "FOLDER")]
    pub(in crate::cli) tls: Option<PathBuf>,
    #[arg(long, env = "BANGFU_TLS_CERTIFICATE", value_name = "FILE.pem")]
    pub(in crate::cli) tls_certificate: Option<PathBuf>,
    #[arg(long, env = "BANGFU_TLS_KEY", value_name = "FILE.pem")]
    pub(in crate::cli) tls_key: Option<PathBuf>,
    #[arg(long, env = "BANGFU_PROXY", value_name = "PROXIES", value_delimiter = ',')]
    pub(in crate::cli) proxy: Vec<Network>,
}

/// What uploaded files may be, and take.
#[derive(Debug, Args)]
pub(in crate::cli) struct Uploads {
    #[arg(long, default_value = "64", env = "BANGFU_UPLOAD_MB", value_name = "N", value_parser = value_parser!(u64).range(1..=4096))]
    pub(in crate::cli) upload_mb: u64,
    #[arg(long, default_value = "20000000", env = "BANGFU_UPLOAD_CELLS", value_name = "N", value_parser = value_parser!(u64).range(1..=CELLS_MAX))]
    pub(in crate::cli) upload_cells: u64,
    #[arg(long, default_value = "1024", env = "BANGFU_UPLOAD_MEMORY_MB", value_name = "N", value_parser = value_parser!(u64).range(64..=65536))]
    pub(in crate::cli) upload_memory_mb: u64,
    #[arg(long, default_value = "60", env = "BANGFU_UPLOAD_SECONDS", value_name = "N", value_parser = value_parser!(u64).range(1..=3600))]
    pub(in crate::cli) upload_seconds: u64,
    #[arg(long, default_value = "2", env = "BANGFU_UPLOAD_PARSERS", value_name = "N", value_parser = value_parser!(u64).range(1..=64))]
    pub(in crate::cli) upload_parsers: u64,
}

impl Uploads {
    /// As limits of the intake.
    pub(in crate::cli) fn limits(&self) -> Limits {
        Limits {
            file_mb: self.upload_mb,
            cells: self.upload_cells,
            memory_mb: self.upload_memory_mb,
            seconds: self.upload_seconds,
            parsers: usize::try_from(self.upload_parsers).unwrap_or(1),
        }
    }
}
