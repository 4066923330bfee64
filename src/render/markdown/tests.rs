use super::{Style, render};
use unicode_width::UnicodeWidthStr;

const ARTICLE: &str = include_str!("golden/article.md");

fn risk(label: &str) -> Option<u8> {
    let of = |word: &str| match word.trim() {
        "read-only" => Some(0),
        "load" | "changes-state" => Some(1),
        "reboot" | "outage" | "destroys-evidence" => Some(2),
        _ => None,
    };
    label.split(',').map(of).max().flatten()
}

fn plain(markdown: &str, width: usize) -> String {
    render(markdown, &Style { color: false, width }, &risk)
}

fn colored(markdown: &str, width: usize) -> String {
    render(markdown, &Style { color: true, width }, &risk)
}

/// `SNAPSHOTS=overwrite cargo test golden` writes the files anew; read the difference before you keep it.
fn golden(name: &str, out: &str) {
    let path = format!("{}/src/render/markdown/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("SNAPSHOTS").is_some() {
        std::fs::write(&path, out).unwrap();
    }
    assert_eq!(out, std::fs::read_to_string(&path).unwrap(), "{name}");
}

#[test]
fn golden_article() {
    golden("article-60.txt", &plain(ARTICLE, 60));
    golden("article-100.txt", &plain(ARTICLE, 100));
    golden("article-60-color.txt", &colored(ARTICLE, 60));
}

/// The text without `ESC [ … m`; anything else that is a control character stays.
fn without_colors(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        out.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').strip_prefix('m').unwrap_or("\x1b");
    }
    out + rest
}

fn is_clean(text: &str) -> bool {
    let blanks = text.lines().any(|l| l.ends_with(' '));
    let end = text.is_empty() || (text.ends_with('\n') && !text.ends_with("\n\n"));
    let hidden = text.chars().any(|c| c != '\n' && (c.is_control() || crate::text::untrusted::is_hidden(c)));
    !blanks && end && !hidden
}

#[test]
fn colors_are_all_that_is_added() {
    let article = ARTICLE.replace('`', "");
    assert_eq!(without_colors(&colored(&article, 60)).replace(['=', '-', '~'], ""), {
        let plain = plain(&article, 60);
        let lines: Vec<&str> = plain.lines().collect();
        // The lines below headings are there only without colour.
        let rule = |i: usize| i > 0 && !lines[i].is_empty() && ["=", "-", "~"].iter().any(|c| lines[i] == c.repeat(lines[i - 1].width()));
        let kept: Vec<&str> = (0..lines.len()).filter(|i| !rule(*i)).map(|i| lines[i]).collect();
        format!("{}\n", kept.join("\n")).replace(['=', '-', '~'], "")
    });
    assert!(!plain(ARTICLE, 60).contains('\x1b'));
}

#[test]
fn labels_have_their_color_only_at_the_beginning_of_an_item() {
    assert_eq!(colored("1. [read-only] a", 60), "1. \x1b[32m[read-only]\x1b[0m a\n");
    assert_eq!(colored("- [load] a", 60), "- \x1b[33m[load]\x1b[0m a\n");
    assert_eq!(colored("- [reboot, destroys-evidence] a", 60), "- \x1b[31m[reboot, destroys-evidence]\x1b[0m a\n");
    assert_eq!(colored("- [reboot] a\n\n  [reboot] b", 60), "- \x1b[31m[reboot]\x1b[0m a\n\n  [reboot] b\n");
    for same in ["[reboot] a\n", "- [unknown] a\n", "- a [reboot]\n", "- [\n"] {
        assert_eq!(colored(same, 60), same);
    }
    // A label is not broken.
    assert_eq!(plain("- a\n- [reboot, destroys-evidence] b", 30), "- a\n- [reboot, destroys-evidence]\n  b\n");
}

#[test]
fn hostile_text_comes_out_escaped() {
    let text = "# a\u{1b}]0;title\u{7}\n\u{202e}b `\u{1b}[31mc\u{9b}1m` [d\u{200b}](http://e\u{202e}) &#27;[2J\n\n    \u{1b}[5m\r\u{8}\n\n<b\u{1b}>\n\n- [reb\u{1b}oot] x\n\n| \u{1b} |\n|-|\n| \u{9b} |\n\n```\u{1b}\n\u{1b}c\n```\n";
    for out in [plain(text, 60), without_colors(&colored(text, 60))] {
        assert!(is_clean(&out), "{out:?}");
        assert!(out.contains("a\\x1b]0;title\\x07") && out.contains("\\u{202e}b") && out.contains("\\x1b[2J"), "{out}");
    }
}

#[test]
fn small_things() {
    for (markdown, out) in [
        ("", ""),
        ("\n \n", ""),
        ("---\nid: x\n---\n", ""),
        ("a\r\nb\r\n\r\n    c\r\n    d\r\n", "a b\n\n    c\n    d\n"),
        ("-\n- \n- a\n", "-\n-\n- a\n"),
        ("1. a\n1. b\n", "1. a\n2. b\n"),
        ("- - a\n  - b\n", "- - a\n  - b\n"),
        ("> - a\n>   > b\n", "> - a\n>\n>   > b\n"),
        ("- > a\n- ```\n  b\n  ```\n", "- > a\n\n-     b\n"),
        ("## A\n### B\ntext\n\n1. x\n", "A\n-\n\nB\n~\ntext\n\n1. x\n"),
        ("[a](b) [b](b) [c](#c) <https://d> <e@f>", "a (b) b c https://d e@f\n"),
        ("[![i](p)](u)", "i (p) (u)\n"),
        ("`` a` `` ` b ` ``a`b``", "`` a` `` `b` ``a`b``\n"),
        ("a&nbsp;b <br> c", "a\u{a0}b <br> c\n"),
        ("|a|\n|-|\n", "a\n---\n"),
        ("|a|b|\n|-|-|\n||c|\n|d||\n", "a    b\n---  ---\n     c\nd\n"),
        ("a\n\n>\n\nb\n\n> a\n>\n> >\n", "a\n\nb\n\n> a\n>\n"),
        ("*a*b**c** ~~d~~", "abc ~~d~~\n"),
    ] {
        assert_eq!(plain(markdown, 60), out, "{markdown:?}");
    }
}

#[test]
fn code_and_addresses_stay_in_one_piece() {
    let out = plain("see (`a command that fits`), or `one that does not fit a line at all`.", 24);
    assert_eq!(out, "see\n(`a command that fits`),\nor `one that does not\nfit a line at all`.\n");
    let out = plain("[words](https://example.org/a/long/path/that/fits/no/line), https://example.org/another/long/path.", 24);
    assert_eq!(out, "words\n(https://example.org/a/long/path/that/fits/no/line),\nhttps://example.org/another/long/path.\n");
    assert_eq!(plain("a `very-long-command-without-any-blank` b", 24), "a\n`very-long-command-without-any-blank`\nb\n");
    assert_eq!(plain(&"x".repeat(50), 24), format!("{0}\n{0}\nxx\n", "x".repeat(24)));
}

/// Pseudo-random numbers; the same at each run.
fn random(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed >> 33) as usize
}

#[test]
fn no_line_is_wider_than_the_width() {
    let parts = [
        "word ",
        "longer-word ",
        "heap, ",
        "容量が不足しています",
        "é\u{301} ",
        "\n",
        "\n\n",
        "- ",
        "10. ",
        "> ",
        "  ",
        "    - ",
        "# ",
        "### ",
        "**",
        "*",
        "[",
        "](u)",
        "|a|b|\n|-|-:|\n|",
        " | ",
        "|\n",
        "---\n",
        "<b>",
        "\\\n",
        "[reboot] ",
        "a\u{1b}b ",
        "unbreakable".repeat(5).leak(),
        "&amp;",
        "😀",
        "]: ",
        "~~~\n",
    ];
    let code = ["`code here` ", "`x", "https://example.org/a-long-address-of-a-page ", "<https://example.org/b> ", "``", "    code\n"];
    let mut seed = 20261121;
    for round in 0..3000 {
        let mut text = String::new();
        for _ in 0..random(&mut seed) % 60 {
            let i = random(&mut seed) % (parts.len() + if round % 2 == 0 { 0 } else { code.len() });
            text.push_str(parts.get(i).unwrap_or_else(|| &code[i - parts.len()]));
        }
        let width = [20, 33, 60, 100][random(&mut seed) % 4];
        let out = plain(&text, width);
        assert!(is_clean(&out) && is_clean(&without_colors(&colored(&text, width))), "{text:?}\n{out}");
        for line in out.lines().filter(|l| l.width() > width) {
            // Blocks of code, which are indented, and a piece of code or an address that fits no line and has no blank.
            let block = text.contains("~~~") || text.contains("    ");
            let piece = (round % 2 == 1 || text.contains("](u)")) && line.split(' ').any(|run| run.width() > width / 2);
            assert!(block || piece, "{width}: {line}\n{text:?}");
        }
    }
}

#[test]
fn width_has_bounds_and_depth_costs_nothing() {
    assert_eq!(plain("a b", 0), "a b\n");
    assert!(plain(&"word ".repeat(1000), usize::MAX).lines().all(|l| l.len() <= 1000));
    for c in [">", "- ", "> - ", "1. ", "*", "[", "`", "|a", "<", "~~~\n"] {
        let out = colored(&c.repeat(20_000), 60);
        assert!(is_clean(&without_colors(&out)), "{c}");
    }
    // Nested too deep to be indented, an item still has its marker and its text.
    let stairs: String = (0..60).map(|i| format!("{}- a{i}\n", "  ".repeat(i))).collect();
    let out = plain(&stairs, 40);
    assert!((0..60).all(|i| out.contains(&format!("- a{i}\n"))), "{out}");
    assert!(out.lines().all(|l| l.width() <= 40));
}
