//! Names of files against patterns of `*` and `?`, both of which match `/` too.

/// Whether a pattern fits a name, or what follows any `/` or `!` of it.
pub fn fits_end(pattern: &str, name: &str) -> bool {
    fits(pattern.as_bytes(), name.as_bytes())
        || name.bytes().enumerate().any(|(i, b)| matches!(b, b'/' | b'!') && fits(pattern.as_bytes(), &name.as_bytes()[i + 1..]))
}

/// The same for the member alone, without the archives around it.
pub fn fits_member(pattern: &str, name: &str) -> bool {
    fits_end(pattern, name.rsplit('!').next().unwrap_or(name))
}

fn fits(p: &[u8], n: &[u8]) -> bool {
    let (mut i, mut j, mut star) = (0, 0, None);
    while j < n.len() {
        if i < p.len() && p[i] == b'*' {
            star = Some((i, j));
            i += 1;
        } else if i < p.len() && (p[i] == b'?' || p[i] == n[j]) {
            (i, j) = (i + 1, j + 1);
        } else if let Some((at, mark)) = star {
            (i, j) = (at + 1, mark + 1);
            star = Some((at, mark + 1));
        } else {
            return false;
        }
    }
    p[i..].iter().all(|b| *b == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_the_end_of_a_path() {
        assert!(fits_end("var/log/vobd*", "b/a.tgz!x/var/log/vobd.log") && !fits_end("var/log/vobd*", "xvar/log/vobd.log"));
        assert!(fits_end("*.gz", "a.gz") && !fits_end("?", ""));
        assert!(fits_member("log/*", "a.tar!log/x") && !fits_member("log/*", "log/a.tar!x") && fits_end("log/*", "log/a.tar!x"));
    }
}
