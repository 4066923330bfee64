//! Folders and files of the system: order, links, special files, what cannot be read.

use super::*;
use std::fs;

#[test]
fn folders_are_read_in_order_and_links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("b/deep")).unwrap();
    fs::write(root.join("b/deep/x.log"), "x\n").unwrap();
    fs::write(root.join("a.log"), "aa\n").unwrap();
    fs::write(root.join("c.tgz"), gz(&Tar::default().file("in", "in\n").end())).unwrap();
    fs::write(root.join("core"), [0; 100]).unwrap();
    let shown = root.display().to_string();
    let named = |n: &str| format!("{shown}/{n}");
    let mut skipped = vec![(named("core"), "binary".to_string())];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", root.join("b/link")).unwrap();
        std::os::unix::fs::symlink(root, root.join("b/loop")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(root.join("z.fifo")).status().unwrap().success());
        skipped.splice(0..0, [(named("b/link"), "link".to_string()), (named("b/loop"), "link".to_string())]);
        skipped.extend([(named("socket"), "socket".to_string()), (named("z.fifo"), "fifo".to_string())]);
    }
    let progress = Progress::default();
    let mut found = Found::default();
    let limits = Limits::default();
    let missing = root.join("missing");
    let inputs = [Input::Path(missing.clone()), Input::argument(root)];
    Walk { inputs: &inputs, limits: &limits, progress: Some(&progress) }.run(&mut found);
    let missing = found.skipped.remove(0);
    assert!(missing.0 == named("missing") && missing.1.starts_with("not readable: "), "{missing:?}");
    assert_eq!(found.skipped, skipped);
    assert_eq!(found.sizes(), [(named("a.log").as_str(), 3), (named("b/deep/x.log").as_str(), 2), (named("c.tgz!in").as_str(), 3)]);
    assert!(found.hints[0].modified.is_some_and(|t| t > 1_600_000_000) && found.hints[0].size == Some(3));
    assert_eq!(progress.files(), 4);
    assert!(progress.bytes() > 150, "{}", progress.bytes());
    // A link that the user names is followed.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(root.join("a.log"), root.join("named")).unwrap();
        let mut found = Found::default();
        walk(&[Input::Path(root.join("named"))], &limits, &mut found);
        assert_eq!(found.sizes(), [(named("named").as_str(), 3)]);
    }
    assert_eq!(Input::argument("-"), Input::Stdin);
}

#[test]
fn folders_have_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let deep = (0..6).fold(folder.path().to_path_buf(), |p, i| p.join(format!("d{i}")));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("x"), "x\n").unwrap();
    let mut found = Found::default();
    walk(&[Input::Path(folder.path().into())], &Limits { folders: 4, ..Limits::default() }, &mut found);
    assert_eq!((found.members.len(), found.limits), (0, vec!["folders"]));
    for i in 0..50 {
        fs::write(folder.path().join(format!("f{i:02}")), "f\n").unwrap();
    }
    let mut found = Found::default();
    walk(&[Input::Path(folder.path().into())], &Limits { members: 20, ..Limits::default() }, &mut found);
    // The list of one folder has the bound, before anything in it is read.
    let said = (folder.path().display().to_string(), "larger than limit: more than 20 members".to_string());
    assert!(found.members.len() <= 20 && found.skipped.contains(&said), "{:?}", found.skipped);
}
