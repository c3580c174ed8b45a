//! Addresses of offices: mailboxes, and where robots and receivers are asked.

use super::Channel;

/// The longest address, in characters.
pub const ADDRESS_MAX: usize = 400;

/// The longest mailbox, in characters (RFC 5321 with its brackets left out).
const MAILBOX_MAX: usize = 254;

/// Why something is no address for a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFault {
    /// Not a mailbox.
    Mailbox,
    /// Not an encrypted address, nor one of this machine.
    Url,
    /// Not the address of a robot of this house: it lacks its key.
    Robot,
}

/// The address as it is kept.
///
/// # Errors
/// It is none for the channel.
pub fn sound(channel: Channel, text: &str) -> Result<String, AddressFault> {
    let text = text.trim();
    match channel {
        Channel::Email | Channel::Sms => {
            let plain = text.chars().count() <= MAILBOX_MAX && text.chars().all(|c| c.is_ascii_graphic());
            let sound = text.split_once('@').is_some_and(|(who, house)| {
                let labels = house.split('.').all(|label| {
                    !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                });
                let odd =
                    |c: char| matches!(c, '"' | '(' | ')' | ',' | ':' | ';' | '<' | '>' | '[' | ']' | '\\');
                !who.is_empty() && !who.contains(odd) && house.contains('.') && labels
            });
            (plain && sound).then(|| text.to_owned()).ok_or(AddressFault::Mailbox)
        }
        Channel::Webhook | Channel::Wecom | Channel::Dingtalk => {
            host(text).filter(|_| text.chars().count() <= ADDRESS_MAX).ok_or(AddressFault::Url)?;
            let key = match channel {
                Channel::Wecom => "key=",
                Channel::Dingtalk => "access_token=",
                _ => "",
            };
            let query = text.split_once('?').map_or("", |(_, query)| query);
            let has_key = key.is_empty()
                || query.split('&').any(|word| word.strip_prefix(key).is_some_and(|value| !value.is_empty()));
            has_key.then(|| text.to_owned()).ok_or(AddressFault::Robot)
        }
    }
}

/// The machine of an address that may be asked: encrypted, or this machine itself.
pub fn host(url: &str) -> Option<String> {
    let (is_encrypted, rest) = match url.strip_prefix("https://") {
        Some(rest) => (true, rest),
        None => (false, url.strip_prefix("http://")?),
    };
    let odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '^' | '`');
    if url.contains(odd) || url.contains('#') || !url.is_ascii() {
        return None;
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = match authority.strip_prefix('[') {
        Some(six) => six.split_once(']').map(|(host, port)| (format!("[{host}]"), port))?,
        None => match authority.split_once(':') {
            Some((host, _)) => (host.to_owned(), &authority[host.len()..]),
            None => (authority.to_owned(), ""),
        },
    };
    let sound_port =
        port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    let is_here = ["127.0.0.1", "localhost", "[::1]"].contains(&host.as_str());
    let named = !host.is_empty() && !host.contains('@');
    (sound_port && named && (is_encrypted || is_here)).then(|| host.to_ascii_lowercase())
}

/// What a list shows of an address: a mailbox whole, of the others the machine, since the rest opens the door.
pub fn shown(channel: Channel, address: &str) -> String {
    match channel {
        Channel::Email | Channel::Sms => address.to_owned(),
        Channel::Webhook | Channel::Wecom | Channel::Dingtalk => {
            host(address).map_or_else(String::new, |host| format!("{host}/…"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_and_what_is_none() {
        for good in ["a@b.cn", "bai-shi.du+x@yizhang.gov.cn"] {
            assert_eq!(sound(Channel::Email, &format!(" {good} ")), Ok(good.to_owned()));
        }
        for bad in
            ["", "a", "a@b", "@b.cn", "a@b..cn", "a@b.cn, c@d.cn", "a b@c.cn", "<a@b.cn>", "a@b.cn\nTo: x"]
        {
            assert_eq!(sound(Channel::Email, bad), Err(AddressFault::Mailbox), "{bad}");
        }
    }

    #[test]
    fn receivers_are_asked_encrypted_or_on_this_machine() {
        for (url, wanted) in [
            ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", Some("qyapi.weixin.qq.com")),
            ("https://OA.example.gov.cn:8443", Some("oa.example.gov.cn")),
            ("http://127.0.0.1:9/x", Some("127.0.0.1")),
            ("http://[::1]:9", Some("[::1]")),
            ("http://oa.example.gov.cn", None),
            ("http://127.0.0.1.evil.example/", None),
            ("https://a@evil.example/", None),
            ("https://a:b", None),
            ("https://", None),
            ("https://a/ b", None),
            ("ftp://a", None),
            ("https://a/#x", None),
        ] {
            assert_eq!(host(url).as_deref(), wanted, "{url}");
        }
    }

    #[test]
    fn a_robot_has_its_key_and_no_list_shows_it() {
        let wecom = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc";
        let ding = "https://oapi.dingtalk.com/robot/send?access_token=abc";
        assert_eq!(sound(Channel::Wecom, wecom), Ok(wecom.to_owned()));
        assert_eq!(sound(Channel::Dingtalk, ding), Ok(ding.to_owned()));
        assert_eq!(sound(Channel::Wecom, ding), Err(AddressFault::Robot));
        assert_eq!(
            sound(Channel::Dingtalk, "https://oapi.dingtalk.com/robot/send?access_token="),
            Err(AddressFault::Robot)
        );
        assert_eq!(sound(Channel::Wecom, "http://qyapi.weixin.qq.com/?key=a"), Err(AddressFault::Url));
        assert_eq!(shown(Channel::Wecom, wecom), "qyapi.weixin.qq.com/…");
        assert_eq!(shown(Channel::Email, "a@b.cn"), "a@b.cn");
    }
}
