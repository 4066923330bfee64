//! The layers of the design: a module uses only what stands below it.

use std::path::Path;

/// From the bottom up; what stands on one line may use each other.
const LAYERS: &[&[&str]] =
    &[&["text", "facts", "problem"], &["model"], &["library", "kb"], &["engine"], &["case"], &["render", "check"], &["source", "cli", "repl"]];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|l| l.contains(&module))
}

fn sources(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("src can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.to_string_lossy().contains("tests") {
            out.push(path);
        }
    }
}

/// Modules that a text uses through `crate::`.
fn used(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut out = Vec::new();
    for (i, _) in code.match_indices("crate::") {
        let rest = &code[i + 7..];
        if let Some(list) = rest.strip_prefix('{') {
            let inner = &list[..list.find('}').unwrap_or(0)];
            out.extend(inner.split(',').map(|p| p.trim().split("::").next().unwrap_or("").to_string()));
        } else {
            out.push(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect());
        }
    }
    out
}

#[test]
fn arrows_point_down_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let (mut arrows, mut upward) = (0, Vec::new());
    for file in &files {
        let below = file.strip_prefix(&root).expect("below src");
        let module = below.components().next().expect("a file").as_os_str().to_string_lossy().replace(".rs", "");
        if matches!(module.as_str(), "main" | "lib") {
            continue;
        }
        let mine = layer(&module).unwrap_or_else(|| panic!("`{module}` stands in no layer: add it to this test and to the book"));
        for other in used(&std::fs::read_to_string(file).expect("a source can be read")) {
            let Some(theirs) = layer(&other) else { continue };
            arrows += 1;
            if theirs > mine {
                upward.push(format!("{}: {module} uses {other}", below.display()));
            }
        }
    }
    assert!(files.len() > 60 && arrows > 200, "only {} files and {arrows} uses were read", files.len());
    assert!(upward.is_empty(), "arrows that point up:\n{}", upward.join("\n"));
}

#[test]
fn the_test_sees_an_upward_arrow() {
    assert_eq!(used("use crate::{case::Case, text};\nlet x = crate::render::x();\n// crate::cli"), ["case", "text", "render"]);
    assert!(layer("render") > layer("case"));
}

/// Layers 0 to 5 do no I/O, read no clock and print nothing.
#[test]
fn lower_layers_do_no_io() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for layer in &LAYERS[..6] {
        for module in *layer {
            let folder = root.join(module);
            if folder.is_dir() {
                sources(&folder, &mut files);
            }
        }
    }
    assert!(files.len() > 50, "only {} files were read", files.len());
    let forbidden = ["std::fs", "std::net", "std::process", "println!", "eprintln!", "SystemTime", "Instant::now", "std::env::var", "std::io::std"];
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source can be read");
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for word in forbidden {
            if code.lines().any(|l| l.contains(word) && !l.trim_start().starts_with("//")) {
                found.push(format!("{}: {word}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Knowledge is data: no product stands in the engine.
#[test]
fn the_engine_names_no_product() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let products = ["vmware", "esxi", "vcenter", "vmkernel", "vmfs", "hostd", "vpxa", "netgp", "scsi", "vmnic", "exchange", "zimbra", "kafka"];
    let mut found = Vec::new();
    let mut lines = 0;
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a source can be read");
        // Comments may explain with an example; code may not know one. Tests below a module may use log lines.
        for (i, line) in text.split("#[cfg(test)]").next().unwrap_or("").lines().enumerate() {
            lines += 1;
            let code = line.split("//").next().unwrap_or("").to_lowercase();
            if products.iter().any(|p| code.contains(p)) {
                found.push(format!("{}:{}: {}", file.display(), i + 1, line.trim()));
            }
        }
    }
    assert!(lines > 5_000, "only {lines} lines were read");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
