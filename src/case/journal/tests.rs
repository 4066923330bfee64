use super::*;
use crate::case::finding::FindingStanding;
use crate::case::summary::{CauseSummary, FindingSummary};
use crate::engine::rank::Standing;
use crate::model::signature::Severity;
use crate::text::sha256;
use indoc::indoc;
use proptest::prelude::*;

fn journal(entries: Vec<Entry>) -> Journal {
    let cause = CauseSummary {
        id: "leak".into(),
        title: "A \"leak\": slow".into(),
        standing: Standing::RuledOut,
        weight: 0.1234,
        reasons: vec!["supports: it grows, 5 % an hour (paste-1:3)".into()],
    };
    let finding = FindingSummary {
        signature: "heap-full".into(),
        title: "A heap is full".into(),
        subject: "host esx1".into(),
        severity: Severity::High,
        standing: FindingStanding::Confirmed,
        count: 3,
        causes: vec![cause],
        says: vec!["full: yes".into()],
    };
    let summary = Summary { findings: vec![finding], contradictions: ["a: b".to_string()].into(), outputs: vec![("heap-stats".into(), "paste-1".into())] };
    Journal {
        program: "0.1.0".into(),
        library: "00ff".into(),
        used: vec![("signature/heap-full".into(), "12".into())],
        entries,
        concluded: Concluded { result: "ab".into(), summary },
    }
}

#[test]
fn what_is_saved_is_what_is_read() {
    let paste = "  two blanks first\nthen: a # sign, 'quotes' and \"more\"\n\n- a list\nand a tab\tinside\n";
    let all = vec![
        Entry::Paste { name: "paste-1".into(), text: paste.into() },
        Entry::Paste { name: "paste-2".into(), text: "escape \u{1b}[31m, bell \u{7}, no text \\xff,\n\ta tab first, right to left \u{202e}".into() },
        Entry::Answer { step: "ha-membership".into(), text: "yes, HA is on".into() },
        Entry::Declined { step: "vm-of-mac".into(), why: Why::Risk },
        Entry::Note { text: "called the network team\n\nthey look".into() },
        Entry::File { path: "/var/log/a b.log".into(), bytes: 70_000, sha256: sha256::hex(b"x"), text: None },
        Entry::File { path: "small.log".into(), bytes: 2, sha256: sha256::hex(b"a\n"), text: Some("a\n".into()) },
    ];
    let before = journal(all);
    let yaml = before.to_yaml();
    assert!(yaml.contains("    text: |2\n        two blanks first\n      then: a # sign"), "{yaml}");
    assert!(!yaml.contains('\u{1b}') && !yaml.contains('\u{202e}'), "a case file is safe to look at");
    assert_eq!(Journal::from_yaml("case.yaml", &yaml), Ok(before));
}

#[test]
fn a_text_that_was_changed_is_refused_at_its_place() {
    let yaml = journal(vec![Entry::Paste { name: "paste-1".into(), text: "netGPHeap is full".into() }]).to_yaml();
    let problem = Journal::from_yaml("case.yaml", &yaml.replace("netGPHeap is", "netGPHeap was")).unwrap_err();
    assert_eq!((problem.code, problem.place.line), ("case-changed", 9), "{problem}");
}

#[test]
fn a_broken_case_says_where() {
    for (text, code) in [
        ("faultbook_case: 2\nprogram: x\nlibrary: x\nentries: []\n", "case-version"),
        ("faultbook_case: 1\nprogram: x\nlibrary: x\nentries:\n  - why: skipped\n", "case-entry"),
        ("faultbook_case: 1\nprogram: x\nlibrary: x\nentries:\n  - declined: a\n    why: skiped\n", "unknown-word"),
        ("faultbook_case: 1\nprogram: x\nlibrary: x\nentries:\n  - paste: a\n    test: b\n", "unknown-key"),
        (
            indoc! {"
            faultbook_case: 1
            program: x
            library: &a x
            entries: []
        "},
            "no-anchors",
        ),
    ] {
        let problem = Journal::from_yaml("case.yaml", text).unwrap_err();
        assert_eq!(problem.code, code, "{problem}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_comes_back_to_the_byte(text in any::<String>()) {
        let before = journal(vec![Entry::Note { text: text.clone() }, Entry::Paste { name: text.clone(), text }]);
        prop_assert_eq!(Journal::from_yaml("case.yaml", &before.to_yaml()), Ok(before));
    }

    #[test]
    fn lines_of_blanks_tabs_and_marks_come_back_to_the_byte(text in "[ \\t\\n#:\\-|>a\"'%@`&*!{\\[,\\\\\r\u{85}\u{feff}\u{2028}]{0,24}") {
        let before = journal(vec![Entry::Paste { name: "p".into(), text }]);
        prop_assert_eq!(Journal::from_yaml("case.yaml", &before.to_yaml()), Ok(before));
    }
}
