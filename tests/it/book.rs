//! The book keeps its word: the library that its chapters build is taken out of the pages and checked.

use super::run::faultbook_in;
use std::path::Path;

/// Files in fenced blocks whose first line names their path in a comment.
fn files(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let fence = match line {
            "```yaml" | "```markdown" => line,
            _ => continue,
        };
        let Some(first) = lines.next() else { break };
        let path = first.trim_start_matches("# ").trim_start_matches("<!-- ").trim_end_matches(" -->");
        // An article holds fences of its own: it ends at the fence behind its last heading.
        let mut inner = false;
        let mut body = String::new();
        for l in lines.by_ref() {
            if l.starts_with("```") {
                if fence == "```yaml" || (!inner && l == "```") {
                    break;
                }
                inner = !inner;
            }
            body.push_str(l);
            body.push('\n');
        }
        if path.starts_with("signatures/") || path.starts_with("kb/") {
            out.push((path.to_string(), body));
        }
    }
    out
}

#[test]
fn the_library_of_the_book_has_no_problem() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src");
    let folder = tempfile::tempdir().expect("a folder");
    let mut written = 0;
    for page in std::fs::read_dir(pages).expect("the book is there").flatten() {
        for (path, text) in files(&std::fs::read_to_string(page.path()).expect("a page can be read")) {
            let path = folder.path().join("root").join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, text).expect("a file");
            written += 1;
        }
    }
    assert_eq!(written, 7, "files in the pages");
    let ran = faultbook_in(folder.path(), &["check", "root"], b"", &[]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}

#[test]
fn every_page_is_in_the_summary_and_there() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src");
    let summary = std::fs::read_to_string(pages.join("SUMMARY.md")).expect("there is a summary");
    let linked: Vec<&str> = summary.split("](").skip(1).filter_map(|r| r.split(')').next()).collect();
    assert!(linked.len() >= 10);
    for page in &linked {
        assert!(pages.join(page).is_file(), "{page} is not there");
    }
    for page in std::fs::read_dir(&pages).expect("the book is there").flatten() {
        let name = page.file_name().to_string_lossy().into_owned();
        assert!(name == "SUMMARY.md" || linked.contains(&name.as_str()), "{name} is not in the summary");
    }
}
