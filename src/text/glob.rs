//! Names of files against patterns of `*` and `?`, both of which match `/` too.

/// Whether a pattern fits a name, or what follows any `/` or `!` of it.
///
/// Bundles choose their names: no name costs more than one look at each place where the pattern may begin.
pub fn fits_end(pattern: &str, name: &str) -> bool {
    let (p, n) = (pattern.as_bytes(), name.as_bytes());
    let Some(star) = memchr::memchr(b'*', p) else {
        // It fits what is as long as it is.
        let at = n.len().checked_sub(p.len());
        return at.is_some_and(|at| (at == 0 || matches!(n[at - 1], b'/' | b'!')) && fits(p, &n[at..]));
    };
    // What fits from a later place on fits from an earlier one, as long as the head does: the star takes what lies between.
    let (head, tail) = p.split_at(star);
    let mut places = std::iter::once(0).chain(memchr::memchr2_iter(b'/', b'!', n).map(|i| i + 1));
    let first = places.find(|at| n[*at..].get(..head.len()).is_some_and(|own| fits(head, own)));
    first.is_some_and(|at| fits(tail, &n[at + head.len()..]))
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

    /// As it is said above, place by place.
    fn plainly(pattern: &str, name: &str) -> bool {
        let (p, n) = (pattern.as_bytes(), name.as_bytes());
        fits(p, n) || n.iter().enumerate().any(|(i, b)| matches!(b, b'/' | b'!') && fits(p, &n[i + 1..]))
    }

    #[test]
    fn the_short_way_gives_the_same_for_every_name_of_seven_and_pattern_of_four() {
        let words = |letters: &[char], most: usize| -> Vec<String> {
            let mut all = vec![String::new()];
            let mut begin = 0;
            for _ in 0..most {
                let end = all.len();
                all.extend((begin..end).flat_map(|i| letters.iter().map(move |c| (i, *c))).map(|(i, c)| format!("{}{c}", all[i])).collect::<Vec<_>>());
                begin = end;
            }
            all
        };
        let (names, patterns) = (words(&['a', 'b', '/'], 7), words(&['a', '/', '*', '?'], 4));
        let mut fitted = 0;
        for pattern in &patterns {
            for name in &names {
                let fits = fits_end(pattern, name);
                assert_eq!(fits, plainly(pattern, name), "`{pattern}` and `{name}`");
                fitted += usize::from(fits);
            }
        }
        assert!(names.len() * patterns.len() > 1_000_000 && fitted > 100_000, "{fitted} of {} * {}", names.len(), patterns.len());
    }

    #[test]
    fn no_name_takes_long() {
        let names = ["commands/".repeat(455), "/".repeat(4_096), "commands/heap".repeat(315), "heaps".repeat(819)];
        let begun = std::time::Instant::now();
        for _ in 0..100 {
            assert!(names.iter().all(|name| !fits_end("commands/*heaps*x", name) && !fits_end("*/*.gz", name)));
        }
        assert!(begun.elapsed().as_secs_f64() < 2.0, "{:?}", begun.elapsed());
    }

    #[test]
    fn a_pattern_fits_the_end_of_a_path() {
        assert!(fits_end("var/log/vobd*", "b/a.tgz!x/var/log/vobd.log") && !fits_end("var/log/vobd*", "xvar/log/vobd.log"));
        assert!(fits_end("*.gz", "a.gz") && !fits_end("?", ""));
        assert!(fits_member("log/*", "a.tar!log/x") && !fits_member("log/*", "log/a.tar!x") && fits_end("log/*", "log/a.tar!x"));
    }
}
