//! Articles: headings, actions, log blocks that must fire.

use super::Checker;
use crate::case::Case;
use crate::facts::expr::Expr;
use crate::facts::view::Knowledge;
use crate::model::article::HEADINGS;
use crate::text::place::Place;
use std::sync::Arc;

/// Looks at an article and runs its log blocks.
pub fn article(c: &mut Checker<'_, '_>) {
    let library = c.library;
    let Some(a) = library.article(c.outline.id) else { return };
    let head = Place { line: 1, col: 1, ..Place::default() };
    let found: Vec<&str> = a.sections.iter().filter(|s| s.level == 2).map(|s| s.title.as_str()).collect();
    if found != HEADINGS {
        c.hinted(head, "headings", format!("the headings are: {}", found.join(", ")), format!("wanted, in this order: {}", HEADINGS.join(", ")));
    }
    for heading in HEADINGS {
        if a.part(heading).is_some_and(str::is_empty) {
            c.wrong(head, "headings", format!("nothing stands under `{heading}`"));
        }
    }
    let reviewed = &a.front.reviewed;
    let date: Vec<&str> = reviewed.value.split('-').collect();
    if date.len() != 3 || date.iter().any(|p| p.parse::<u32>().is_err()) {
        c.wrong(reviewed.place, "reviewed", format!("`{}` is no date such as 2026-11-21", reviewed.value));
    }
    if let Some(at) = a.source.find("{{") {
        let line = a.source[..at].matches('\n').count() as u32 + 1;
        c.wrong(Place { line, col: 1, ..Place::default() }, "template", "`{{` has no meaning in an article");
    }
    for plan in &a.plans {
        if plan.actions.is_empty() {
            c.wrong(head, "plan", format!("the plan `{}` has no numbered action", plan.title));
        }
        for (i, action) in plan.actions.iter().enumerate() {
            let kept = plan.actions[..i]
                .iter()
                .chain(a.plan("any").filter(|p| p.cause != plan.cause).into_iter().flat_map(|p| &p.actions))
                .any(|x| !x.destroys_evidence);
            if action.destroys_evidence && !kept {
                c.hinted(
                    action.place,
                    "destroys-evidence",
                    "this destroys evidence, and nothing before it keeps any",
                    "a [read-only] action that saves it comes first",
                );
            }
            if let Some(when) = &action.when {
                match Expr::parse(&when.value) {
                    Err(m) => c.wrong(when.place, "expression", m.say),
                    Ok(e) => {
                        for name in e.names().into_iter().filter(|n| library.decl(n).is_none()) {
                            c.wrong(when.place, "unknown-fact", format!("`{name}` is no fact"));
                        }
                    }
                }
            }
        }
    }
    for log in &a.logs {
        c.examples += 1;
        let mut case = Case::new(library);
        case.paste(c.observer, &Arc::from("article"), log.text.as_bytes());
        let conclusion = case.conclude();
        // What a particular signature took in fired too.
        let fired: Vec<&str> = conclusion.findings.iter().flat_map(|f| std::iter::once(&f.signature).chain(&f.refined)).map(String::as_str).collect();
        let ok = match &log.signature {
            Some(id) => fired.contains(&id.as_str()),
            None => fired.iter().any(|f| a.front.signatures.iter().any(|s| s.value == *f)),
        };
        if !ok {
            let wanted = log.signature.clone().unwrap_or_else(|| "a signature of this article".into());
            let say = format!("this log block does not fire `{wanted}`; it fires: {}", if fired.is_empty() { "nothing".into() } else { fired.join(", ") });
            c.wrong(log.place, "log-block", say);
        }
    }
}
