//! Reads a case file. It may come from anybody: it is bounded, every text is checked against its own number, and what
//! is wrong is said with its place.

use super::{Concluded, Entry, Journal, MAX_CASE, VERSION, Why};
use crate::case::finding::FindingStanding;
use crate::case::summary::{CauseSummary, FindingSummary, Summary};
use crate::engine::rank::Standing;
use crate::model::signature::Severity;
use crate::model::yaml;
use crate::problem::{Problem, did_you_mean};
use crate::text::place::{At, Place};
use crate::text::sha256;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    faultbook_case: At<u32>,
    program: String,
    library: String,
    entries: Vec<EntryFile>,
    #[serde(default)]
    used: Vec<UsedFile>,
    #[serde(default)]
    result: String,
    #[serde(default)]
    contradictions: Vec<String>,
    #[serde(default)]
    outputs: Vec<OutputFile>,
    #[serde(default)]
    findings: Vec<FindingFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryFile {
    paste: Option<At<String>>,
    file: Option<At<String>>,
    answer: Option<At<String>>,
    declined: Option<At<String>>,
    note: Option<At<u64>>,
    why: Option<At<String>>,
    #[serde(default)]
    lines: Option<u64>,
    bytes: Option<u64>,
    sha256: Option<At<String>>,
    text: Option<At<String>>,
    text_quoted: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UsedFile {
    file: String,
    says: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutputFile {
    step: String,
    at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingFile {
    signature: String,
    title: String,
    subject: String,
    severity: Severity,
    standing: At<String>,
    count: u64,
    says: Vec<String>,
    causes: Vec<CauseFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CauseFile {
    id: String,
    title: String,
    standing: At<String>,
    weight: f64,
    reasons: Vec<String>,
}

impl Journal {
    /// Reads a case file.
    pub fn from_yaml(file: &str, text: &str) -> Result<Journal, Problem> {
        let read: CaseFile = yaml::read_up_to(file, text, MAX_CASE)?;
        if *read.faultbook_case != VERSION {
            let say = format!("`{}` is a version of case files that this program does not know", *read.faultbook_case);
            return Err(Problem::new(file, read.faultbook_case.place, "case-version", say).hint(format!("it reads version {VERSION}")));
        }
        let mut entries = Vec::with_capacity(read.entries.len());
        for e in read.entries {
            entries.push(entry(file, e)?);
        }
        let mut findings = Vec::with_capacity(read.findings.len());
        for f in read.findings {
            findings.push(finding(file, f)?);
        }
        let summary = Summary {
            findings,
            contradictions: read.contradictions.into_iter().collect(),
            outputs: read.outputs.into_iter().map(|o| (o.step, o.at)).collect(),
        };
        Ok(Journal {
            program: read.program,
            library: read.library,
            used: read.used.into_iter().map(|u| (u.file, u.says)).collect(),
            entries,
            concluded: Concluded { result: read.result, summary },
        })
    }
}

fn entry(file: &str, e: EntryFile) -> Result<Entry, Problem> {
    let kinds: [Option<Place>; 5] = [
        e.paste.as_ref().map(|a| a.place),
        e.file.as_ref().map(|a| a.place),
        e.answer.as_ref().map(|a| a.place),
        e.declined.as_ref().map(|a| a.place),
        e.note.as_ref().map(|a| a.place),
    ];
    let given: Vec<Place> = kinds.iter().flatten().copied().collect();
    let [place] = given.as_slice() else {
        let place = given.first().copied().unwrap_or_default();
        return Err(Problem::new(file, place, "case-entry", "an entry is one of `paste`, `file`, `answer`, `declined`, `note`"));
    };
    let text = match (e.text, e.text_quoted) {
        (Some(t), None) => Some(t.value),
        (None, Some(lines)) => Some(lines.join("\n")),
        (None, None) => None,
        (Some(t), Some(_)) => return Err(Problem::new(file, t.place, "case-entry", "`text` and `text_quoted` exclude each other")),
    };
    // A text that somebody has changed is not what was diagnosed.
    if let (Some(text), Some(sum)) = (&text, &e.sha256)
        && e.file.is_none()
        && sha256::hex(text.as_bytes()) != sum.value
    {
        let say = "the text is not the one that this number was made of";
        return Err(Problem::new(file, sum.place, "case-changed", say).hint("a case file is not edited; put the text in again"));
    }
    let needed = |text: Option<String>| text.ok_or_else(|| Problem::new(file, *place, "case-entry", "this entry has no `text`"));
    if let Some(name) = e.paste {
        return Ok(Entry::Paste { name: name.value, text: needed(text)? });
    }
    if let Some(step) = e.answer {
        return Ok(Entry::Answer { step: step.value, text: needed(text)? });
    }
    if let Some(step) = e.declined {
        let Some(why) = e.why else { return Err(Problem::new(file, *place, "case-entry", "this entry has no `why`")) };
        return match Why::ALL.into_iter().find(|w| w.words() == why.value) {
            Some(w) => Ok(Entry::Declined { step: step.value, why: w }),
            None => Err(unknown(file, &why, Why::ALL.iter().map(|w| w.words()))),
        };
    }
    if let Some(path) = e.file {
        let sha256 = e.sha256.map(|s| s.value).unwrap_or_default();
        return Ok(Entry::File { path: path.value, bytes: e.bytes.unwrap_or(0), sha256, text });
    }
    let _ = e.lines;
    Ok(Entry::Note { text: needed(text)? })
}

fn finding(file: &str, f: FindingFile) -> Result<FindingSummary, Problem> {
    const STANDINGS: [FindingStanding; 3] = [FindingStanding::Confirmed, FindingStanding::Seen, FindingStanding::Refuted];
    let standing = STANDINGS.into_iter().find(|s| s.word() == f.standing.value);
    let Some(standing) = standing else { return Err(unknown(file, &f.standing, STANDINGS.iter().map(|s| s.word()))) };
    let mut causes = Vec::with_capacity(f.causes.len());
    for c in f.causes {
        let standing = Standing::ALL.into_iter().find(|s| s.words() == c.standing.value);
        let Some(standing) = standing else { return Err(unknown(file, &c.standing, Standing::ALL.iter().map(|s| s.words()))) };
        causes.push(CauseSummary { id: c.id, title: c.title, standing, weight: c.weight, reasons: c.reasons });
    }
    Ok(FindingSummary { signature: f.signature, title: f.title, subject: f.subject, severity: f.severity, standing, count: f.count, causes, says: f.says })
}

fn unknown<'a>(file: &str, word: &At<String>, known: impl Iterator<Item = &'a str>) -> Problem {
    let known: Vec<&str> = known.collect();
    let hint = did_you_mean(&word.value, known.iter().copied());
    let hint = if hint.is_empty() { format!("known here: {}", known.join(", ")) } else { hint };
    Problem::new(file, word.place, "unknown-word", format!("`{}` is not known here", word.value)).hint(hint)
}
