//! `bangfu tls`: a county's own authority, and the server's certificate for which it vouches.

use serde_json::json;

use super::arguments::{Certify, TlsAct};
use super::terminal::say;
use super::{DONE, Desk};
use crate::system::{machine, network};
use crate::tls::authority::{Folder, Made, is_name};
use crate::words::said;

pub(super) fn run(desk: &Desk, asked: &Certify) -> anyhow::Result<u8> {
    let folder = Folder::new(&asked.tls);
    let now = desk.clock.now();
    let made = match asked.act {
        TlsAct::Init if asked.name.is_empty() => folder.init(&own_names(), now),
        TlsAct::Init => folder.init(&asked.name, now),
        TlsAct::Renew => folder.renew(&asked.name, now),
    };
    let made = made.map_err(|fault| anyhow::anyhow!(fault.said(desk.lang)))?;
    tell(desk, asked, &folder, &made)?;
    Ok(DONE)
}

/// Under what other machines of a private network know this one: its addresses first, since its name may be known to itself
/// alone.
fn own_names() -> Vec<String> {
    let addresses = network::private_addresses().into_iter().map(|address| address.to_string());
    addresses.chain(machine::name().filter(|name| is_name(name))).collect()
}

fn tell(desk: &Desk, asked: &Certify, folder: &Folder, made: &Made) -> anyhow::Result<()> {
    let authority = made.authority.display().to_string();
    let ends_on = made.ends_at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date().to_string();
    if desk.json {
        return say(json!({
            "authority": authority,
            "fingerprint": made.fingerprint,
            "names": made.names,
            "ends_on": ends_on,
        }));
    }
    let names = [("names", made.names.join(", ")), ("day", ends_on)];
    if asked.act == TlsAct::Renew {
        return say(said(desk.lang, "cli-tls-renewed", &names));
    }
    say(said(desk.lang, "cli-tls-made", &names))?;
    if asked.name.is_empty() {
        say(said(desk.lang, "cli-tls-own-names", &[("folder", asked.tls.display().to_string())]))?;
    }
    let args = [("authority", authority), ("fingerprint", made.fingerprint.clone())];
    say(said(desk.lang, "cli-tls-hand-out", &args))?;
    say(said(desk.lang, "cli-tls-keep", &[("key", folder.authority_key().display().to_string())]))?;
    let args = [
        ("folder", asked.tls.display().to_string()),
        ("name", made.names.first().cloned().unwrap_or_default()),
    ];
    say(said(desk.lang, "cli-tls-serve", &args))
}
