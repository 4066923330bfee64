//! Tar archives that want to do harm or are broken. Each must give exactly these members and reports, and no file is
//! ever written by this layer.

use super::*;

struct Case {
    what: &'static str,
    tar: Vec<u8>,
    members: Vec<(&'static str, usize)>,
    skipped: Vec<(&'static str, &'static str)>,
}

fn case(what: &'static str, tar: Vec<u8>, members: &[(&'static str, usize)], skipped: &[(&'static str, &'static str)]) -> Case {
    Case { what, tar, members: members.to_vec(), skipped: skipped.to_vec() }
}

fn with(mut h: [u8; 512], change: impl FnOnce(&mut [u8; 512])) -> [u8; 512] {
    change(&mut h);
    seal(&mut h);
    h
}

fn good() -> Tar {
    Tar::default().file("ok", "fine\n")
}

fn long(n: usize) -> &'static str {
    Box::leak("n".repeat(n).into_boxed_str())
}

fn cases() -> Vec<Case> {
    let ok = ("t!ok", 5);
    let last = ("t!last", 5);
    let tail = |tar: Tar| tar.file("last", "last\n").end();
    let huge = |kind: u8, name: &[u8]| header(name, 512 << 20, kind);
    let name4k: &'static str = Box::leak(format!("t!{}", long(4096)).into_boxed_str());
    let name5k: &'static str = Box::leak(format!("t!{}...", long(4096)).into_boxed_str());
    let mut nested = lines(3);
    for _ in 0..4 {
        nested = Tar::default().file("in.tar", nested).end();
    }
    vec![
        case("dot dot", tail(good().file("../../etc/passwd", "x\n")), &[ok, ("t!../../etc/passwd", 2), last], &[]),
        case("absolute", tail(good().file("/etc/shadow", "x\n")), &[ok, ("t!/etc/shadow", 2), last], &[]),
        case("link, then a file through it", tail(good().entry(b"dir", b'2', b"").file("dir/x", "x\n")), &[ok, ("t!dir/x", 2), last], &[("t!dir", "link")]),
        case("link, then dot in it", tail(good().entry(b"l", b'2', b"").file("l/.", "x\n")), &[ok, ("t!l/.", 2), last], &[("t!l", "link")]),
        case("hard link", tail(good().entry(b"h", b'1', b"")), &[ok, last], &[("t!h", "link")]),
        case("hard link with the size of its target", tail(good().raw(&header(b"h", 70_000, b'1'))), &[ok, last], &[("t!h", "link")]),
        case("character device", tail(good().entry(b"dev/mem", b'3', b"")), &[ok, last], &[("t!dev/mem", "device")]),
        case("block device", tail(good().entry(b"dev/sda", b'4', b"")), &[ok, last], &[("t!dev/sda", "device")]),
        case("fifo", tail(good().entry(b"f", b'6', b"")), &[ok, last], &[("t!f", "fifo")]),
        case("empty name", tail(good().file("", "x\n")), &[ok, ("t!(no name)", 2), last], &[]),
        case("name of 4 KiB", tail(good().entry(b"L", b'L', long(4096).as_bytes()).file("short", "x\n")), &[ok, (name4k, 2), last], &[]),
        case(
            "name of 5 KiB",
            tail(good().entry(b"L", b'L', long(5000).as_bytes()).file("short", "x\n")),
            &[ok, (name5k, 2), last],
            &[(name5k, "larger than limit: name of 5000 bytes, limit 4096")],
        ),
        case("NUL in a long name", tail(good().entry(b"L", b'L', b"a\0/../b\0").file("short", "x\n")), &[ok, ("t!a", 2), last], &[]),
        case("NUL in a PAX name", tail(good().pax("path", "a\0b").file("short", "x\n")), &[ok, ("t!a\\x00b", 2), last], &[]),
        case("duplicate", tail(good().file("ok", "again\n")), &[ok, ("t!ok", 6), last], &[]),
        case("escape codes and a line end in the name", tail(good().file("a\x1b[2J\nb", "x\n")), &[ok, ("t!a\\x1b[2J\\x0ab", 2), last], &[]),
        case(
            "long name of 512 MiB that is not there",
            good().raw(&huge(b'L', b"L")).raw(&[b'n'; 2048]).0,
            &[ok],
            &[("t", "larger than limit: header record of 536870912 bytes at byte 1024, limit 65536"), ("t", "cut: unexpected end after 3584 bytes")],
        ),
        case(
            "PAX record of 512 MiB that is not there",
            good().raw(&huge(b'x', b"x")).raw(b"999999999 path=").0,
            &[ok],
            &[("t", "larger than limit: header record of 536870912 bytes at byte 1024, limit 65536"), ("t", "cut: unexpected end after 1551 bytes")],
        ),
        case(
            "PAX record of 100 KiB that is there",
            tail(good().pax("comment", &"c".repeat(100 << 10)).file("next", "x\n")),
            &[ok, ("t!next", 2), last],
            &[("t", "larger than limit: header record of 102416 bytes at byte 1024, limit 65536")],
        ),
        case(
            "PAX name that climbs",
            tail(good().pax("path", "../../../root/.ssh/authorized_keys").file("short", "x\n")),
            &[ok, ("t!../../../root/.ssh/authorized_keys", 2), last],
            &[],
        ),
        case("PAX size that is negative", tail(good().pax("size", "-5").file("n", "x\n")), &[ok, ("t!n", 2), last], &[]),
        case("PAX size that is larger", tail(good().pax("size", "600").raw(&header(b"n", 2, b'0')).raw(&[b'y'; 1024])), &[ok, ("t!n", 600), last], &[]),
        case(
            "PAX record that is nonsense",
            tail(good().entry(b"pax", b'x', b"77 =\0\xff").file("n", "x\n")),
            &[ok, ("t!n", 2), last],
            &[("t", "damaged: extended header at byte 1024")],
        ),
        case("global header", tail(good().entry(b"g", b'g', b"20 comment=whatever\n").file("n", "x\n")), &[ok, ("t!n", 2), last], &[]),
        case(
            "negative size",
            tail(good().raw(&with(header(b"n", 0, b'0'), |h| h[124..136].fill(0xff)))),
            &[ok, last],
            &[("t", "damaged: no header at byte 1024, 512 bytes passed over")],
        ),
        case(
            "size beyond any disk",
            good().raw(&with(header(b"n", 0, b'0'), |h| h[124..136].copy_from_slice(b"\x80\0\0\0\x0f\xff\xff\xff\xff\xff\xff\xff"))).raw(b"some\n").0,
            &[ok, ("t!n", 5)],
            &[("t!n", "cut: unexpected end after 5 bytes"), ("t", "cut: unexpected end after 1541 bytes")],
        ),
        case(
            "sparse file with a map of two more blocks",
            tail(
                good()
                    .raw(&with(header(b"s", 1024, b'S'), |h| h[482] = 1))
                    .raw(&{
                        let mut map = [0; 1024];
                        map[504] = 1;
                        map
                    })
                    .raw(&[b'd'; 1024]),
            ),
            &[ok, last],
            &[("t!s", "sparse file")],
        ),
        case(
            "sparse file by PAX",
            tail(good().pax("GNU.sparse.major", "1").file("GNUSparseFile.0/s", "1\n0\n5\n")),
            &[ok, last],
            &[("t!GNUSparseFile.0/s", "sparse file")],
        ),
        case("unknown kind", tail(good().entry(b"u", b'Q', b"some data")), &[ok, last], &[("t!u", "of an unknown kind")]),
        case("rest of another volume", tail(good().entry(b"m", b'M', b"data")), &[ok, last], &[("t!m", "rest of a file of another volume")]),
        case(
            "damaged header between two members",
            tail(
                good()
                    .raw(&{
                        let mut h = header(b"hurt", 3, b'0');
                        h[3] ^= 1;
                        h
                    })
                    .raw(b"abc")
                    .pad(),
            ),
            &[ok, last],
            &[("t", "damaged: no header at byte 1024, 1024 bytes passed over")],
        ),
        case("no end mark", good().0, &[ok], &[("t", "cut: no end mark after 1024 bytes")]),
        case("two archives joined", [good().end(), good().end()].concat(), &[ok, ok], &[]),
        case(
            "other data behind the end",
            [good().end(), b"#".repeat(700)].concat(),
            &[ok],
            &[("t", "note: other data follow the end of the archive and are not read")],
        ),
        case("four archives inside each other", nested, &[], &[("t!in.tar!in.tar!in.tar", "larger than limit: more than 3 archives inside each other")]),
        case("folder with data", tail(good().raw(&header(b"d/", 0, b'5')).entry(b"e/", b'0', b"x\n")), &[ok, last], &[]),
        case("binary member", tail(good().file("b", [0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 3, 0, 0x3e, 0, 1, 0])), &[ok, last], &[("t!b", "binary")]),
    ]
}

#[test]
fn no_hostile_tar_does_more_than_be_listed() {
    let cases = cases();
    assert!(cases.len() >= 25);
    let mut bytes = 0;
    for Case { what, tar, members, skipped } in &cases {
        let found = over("t", tar);
        assert_eq!(found.sizes(), *members, "{what}");
        assert_eq!(found.reasons(), *skipped, "{what}");
        let packed = gz(tar);
        let again = over("t", &packed);
        assert_eq!((again.sizes(), again.reasons()), (members.clone(), skipped.clone()), "{what}, packed");
        // However the bytes trickle in.
        let mut slow = Found::default();
        super::super::walk::walk_stream("t", &mut Slow(tar, 37), &Limits::default(), &mut slow);
        assert_eq!((slow.members, slow.skipped), (found.members.clone(), found.skipped), "{what}, slowly");
        bytes += found.bytes;
    }
    assert_eq!(bytes, cases.iter().flat_map(|c| &c.members).map(|m| m.1 as u64).sum::<u64>());
}

#[test]
fn nothing_in_this_layer_can_write() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/source");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // `save` writes the files that a user asks for; nothing that is read reaches it.
        if path.is_file() && path.file_name().is_some_and(|n| n != "tests.rs" && n != "save.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            for word in [
                "File::create",
                "File::options",
                "fs::write",
                "DirBuilder",
                "create_dir",
                "OpenOptions",
                "set_permissions",
                "fs::remove",
                "fs::rename",
                "fs::copy",
                "hard_link",
                "::symlink(",
            ] {
                assert!(!text.contains(word), "{word} in {}", path.display());
            }
            read += 1;
        }
    }
    assert!(read >= 20, "{read} files");
}
