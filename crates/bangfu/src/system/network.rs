//! Addresses: ranges of them, and those under which this machine is known to others.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, UdpSocket};
use std::str::FromStr;

/// A range of addresses, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    /// How many of its first bits all addresses share.
    bits: u8,
}

/// What is no address and no range of them.
#[derive(Debug)]
pub(crate) struct NoNetwork;

impl fmt::Display for NoNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("10.0.0.5, 10.0.0.0/8, ::1, fd00::/8")
    }
}

impl std::error::Error for NoNetwork {}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Network, NoNetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| NoNetwork)?)),
            None => (text, None),
        };
        let typed: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let address = typed.to_canonical();
        let bits = bits.unwrap_or(whole(typed));
        // An address of the old kind may be written as one of the new, with 96 bits before it.
        let before = whole(typed) - whole(address);
        let bits = bits.checked_sub(before).filter(|bits| *bits <= whole(address)).ok_or(NoNetwork)?;
        Ok(Network { address, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bits == whole(self.address) {
            true => self.address.fmt(f),
            false => write!(f, "{}/{}", self.address, self.bits),
        }
    }
}

impl Network {
    /// Whether an address lies in it.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let other = number(self.address) ^ number(address);
        whole(self.address) == whole(address)
            && other.checked_shr(u32::from(whole(address) - self.bits)).unwrap_or(0) == 0
    }
}

/// How many bits an address has.
const fn whole(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The addresses of this machine that are of private networks, as other machines there see it.
pub(crate) fn private_addresses() -> Vec<IpAddr> {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let mut found = local(&read("/proc/net/fib_trie"), &read("/proc/net/if_inet6"));
    if found.is_empty() {
        // Where no file tells, the one from which others would be asked. Nothing is sent for that.
        let asks = [("0.0.0.0:0", "10.255.255.255:9"), ("[::]:0", "[fd00::ffff]:9")];
        found.extend(asks.into_iter().filter_map(|(own, other)| {
            let socket = UdpSocket::bind(own).ok()?;
            socket.connect(other).ok()?;
            Some(socket.local_addr().ok()?.ip())
        }));
    }
    found.retain(|address| match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    });
    found
}

/// The addresses of this machine as Linux tells them, each once.
fn local(trie: &str, inet6: &str) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = Vec::new();
    let mut named: Option<IpAddr> = None;
    for line in trie.lines().map(str::trim) {
        match line.strip_prefix("|-- ") {
            Some(address) => named = address.parse().ok(),
            None if line.ends_with("host LOCAL") => found.extend(named),
            None => {}
        }
    }
    for line in inet6.lines() {
        let digits = line.split_whitespace().next().filter(|digits| digits.len() == 32);
        let number = digits.and_then(|digits| u128::from_str_radix(digits, 16).ok());
        found.extend(number.map(|number| IpAddr::V6(Ipv6Addr::from(number))));
    }
    let mut seen = Vec::new();
    found.retain(|address| {
        let is_new = !seen.contains(address);
        seen.push(*address);
        is_new
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_what_shares_its_first_bits() {
        let holds =
            |range: &str, address: &str| range.parse::<Network>().unwrap().contains(address.parse().unwrap());
        for (range, inside, outside) in [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("10.0.0.5", "10.0.0.5", "10.0.0.4"),
            ("10.0.0.5/8", "10.9.9.9", "9.0.0.5"),
            ("172.16.0.0/12", "172.31.255.255", "172.32.0.0"),
            ("192.168.1.0/31", "192.168.1.1", "192.168.1.2"),
            ("::1/128", "::1", "::2"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("::ffff:10.0.0.0/104", "10.1.1.1", "11.1.1.1"),
            ("10.0.0.0/8", "::ffff:10.1.1.1", "::10.1.1.1"),
            ("0.0.0.0/0", "8.8.8.8", "::1"),
            ("::/0", "fd00::1", "8.8.8.8"),
        ] {
            assert!(holds(range, inside), "{range} {inside}");
            assert!(!holds(range, outside), "{range} {outside}");
        }
        for wrong in
            ["", "nginx", "10.0.0.0/33", "10.0.0.0/", "::1/129", "10.0.0/8", "::ffff:10.0.0.0/8", "/8"]
        {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        for text in ["10.0.0.5", "10.0.0.0/8", "::1", "fd00::/8"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_machine_tells_its_own_addresses_once() {
        let trie = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.20.30.0\n        /24 link UNICAST\nLocal:\n     |-- 10.20.30.40\n        /32 host LOCAL\n     |-- 10.20.30.255\n        /32 link BROADCAST\nLocal:\n     |-- 10.20.30.40\n        /32 host LOCAL\n";
        let inet6 = "fd000000000000000000000000000007 02 40 00 80     eth0\nnothing\n";
        let told: Vec<String> = local(trie, inet6).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["10.20.30.40", "fd00::7"]);
        assert!(private_addresses().iter().all(|address| !address.is_loopback()));
    }
}
