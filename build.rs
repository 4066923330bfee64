//! Writes the shipped library into the program: a static table of outlines, so that nothing is parsed at start, and
//! the search index of its articles. It uses the program's own reading code, so that both always agree.

#![allow(dead_code)]

#[path = "src/text"]
mod text {
    pub mod place;
    pub mod untrusted;
}
#[path = "src/model/mod.rs"]
mod model;
#[path = "src/problem.rs"]
mod problem;
#[path = "src/library"]
mod library {
    pub mod literals;
    pub mod outline;
    pub mod rows;
}

use library::outline::{Draft, Kind, outline};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=signatures");
    println!("cargo:rerun-if-changed=kb");
    println!("cargo:rerun-if-changed=build.rs");
    for shared in ["src/text", "src/problem.rs", "src/model", "src/library/literals.rs", "src/library/outline.rs", "src/library/rows.rs", "src/kb"] {
        println!("cargo:rerun-if-changed={shared}");
    }
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));
    let mut files = Vec::new();
    for top in ["signatures", "kb"] {
        collect(&root.join(top), &mut files);
    }
    files.sort();
    let mut drafts = Vec::new();
    for file in &files {
        let path = file.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
        let Ok(text) = std::fs::read_to_string(file) else {
            println!("cargo:warning={path} cannot be read");
            continue;
        };
        match outline(&path, &path, &text) {
            Ok(Some(draft)) => drafts.push(draft),
            Ok(None) => {}
            // `check` says what is wrong; a broken file must not keep anybody from building.
            Err(problems) => println!("cargo:warning={}", problems.first().map(|p| p.to_string().replace('\n', " ")).unwrap_or_default()),
        }
    }
    let mut code = String::from("pub static SHIPPED: &[Outline] = &[\n");
    for d in &drafts {
        entry(&mut code, d);
    }
    code.push_str("];\n");
    std::fs::write(out.join("library.rs"), code).expect("OUT_DIR is writable");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if matches!(path.extension().and_then(|e| e.to_str()), Some("yaml" | "yml" | "md")) {
            files.push(path);
        }
    }
}

fn entry(code: &mut String, d: &Draft) {
    let kind = match d.kind {
        Some(Kind::Article) => "Article",
        Some(Kind::Signature) => "Signature",
        Some(Kind::Step) => "Step",
        Some(Kind::Format) => "Format",
        Some(Kind::Table) => "Table",
        _ => "Facts",
    };
    let texts = |all: &[String]| format!("&{all:?}");
    let _ = write!(
        code,
        "Outline {{ kind: Kind::{kind}, id: {:?}, title: {:?}, file: {:?}, text: include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/\", {:?})), overrides: false, from: {}, derives: {}, gives: {}, record: {:?}, found_in: {}, lost_on: &{:?}, article: {:?}, line: {:?}, rows: {:?}, rows_at: {}, patterns: &[",
        d.id,
        d.title,
        d.file,
        d.file,
        texts(&d.from),
        texts(&d.derives),
        texts(&d.gives),
        d.record,
        texts(&d.found_in),
        d.lost_on,
        d.article,
        d.line,
        d.rows,
        d.rows_at
    );
    for p in &d.patterns {
        let clauses: Vec<String> = p.literals.iter().map(|c| format!("&[{}]", c.iter().map(|l| format!("&{l:?}")).collect::<Vec<_>>().join(", "))).collect();
        let _ = write!(
            code,
            "PatternOutline {{ role: Role::{:?}, source: {:?}, ignore_case: {}, unicode: {}, whole_line: {}, within: {}, literals: &[{}] }}, ",
            p.role,
            p.source,
            p.ignore_case,
            p.unicode,
            p.whole_line,
            texts(&p.within),
            clauses.join(", ")
        );
    }
    code.push_str("], facts: &[");
    for f in &d.facts {
        let _ = write!(
            code,
            "FactOutline {{ name: {:?}, kind: {:?}, unit: {:?}, about: {}, say: {:?}, rewrite: {:?}, ignore_case: {}, product: {:?}, line: {} }}, ",
            f.name,
            f.kind,
            f.unit,
            texts(&f.about),
            f.say,
            f.rewrite,
            f.ignore_case,
            f.product,
            f.line
        );
    }
    code.push_str("] },\n");
}
