//! The square of ids: signature and article name each other, every cause has its heading and its plan, every heading
//! its cause, every step is used.

use crate::library::Library;
use crate::library::outline::Kind;
use crate::model::signature::Status;
use crate::problem::Problem;
use crate::text::place::Place;
use std::collections::{BTreeMap, BTreeSet};

/// What does not close, for the entries that are examined.
pub fn square(library: &Library, examined: &[usize]) -> Vec<Problem> {
    let mut out = Vec::new();
    let head = Place { line: 1, col: 1, ..Place::default() };
    let mut of_article: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut causes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for (i, e) in library.entries().iter().enumerate() {
        let Some(s) = library.signature_at(i) else { continue };
        used.extend(s.evidence.iter().map(|e| e.step.as_str()));
        used.extend(s.evidence_way.iter().flat_map(|w| w.from.iter().map(String::as_str)));
        if s.status == Status::Retired {
            continue;
        }
        if let Some(a) = &s.article {
            of_article.entry(a).or_default().insert(e.outline.id);
            causes.entry(a).or_default().extend(s.causes.iter().map(|c| c.id.as_str()));
        }
    }
    let none = BTreeSet::new();
    for i in examined {
        let o = library.entries()[*i].outline;
        match o.kind {
            Kind::Article => {
                let Some(a) = library.article(o.id) else { continue };
                let claimed: BTreeSet<&str> = a.front.signatures.iter().map(|s| s.value.as_str()).collect();
                let real = of_article.get(o.id).unwrap_or(&none);
                let mut wrong = |place, code, say: String| out.push(Problem::new(o.file, place, code, say).excerpt_from(o.text));
                for s in &a.front.signatures {
                    if !real.contains(s.value.as_str()) {
                        wrong(s.place, "square", format!("`{}` does not name this article as its own", s.value));
                    }
                }
                for s in real.difference(&claimed) {
                    wrong(a.front.id.place, "square", format!("the signature `{s}` names this article, which does not list it"));
                }
                // With one cause its plan is the plan.
                if a.plan("any").is_none() && a.plans.len() != 1 {
                    wrong(head, "plan", "there is no plan `{#any}` under Action plan".into());
                }
                let wanted = causes.get(o.id).unwrap_or(&none);
                for (part, headings) in [("Causes", a.under("Causes").collect::<Vec<_>>()), ("Action plan", a.under("Action plan").collect())] {
                    let anchors: BTreeSet<&str> = headings.iter().filter_map(|h| h.anchor.as_deref()).collect();
                    for cause in wanted.difference(&anchors) {
                        wrong(head, "square", format!("the cause `{cause}` has no `### ... {{#{cause}}}` under {part}"));
                    }
                    for h in &headings {
                        match h.anchor.as_deref() {
                            None => wrong(h.place, "square", format!("`{}` under {part} has no `{{#cause}}`", h.title)),
                            Some("any") if part == "Action plan" => {}
                            Some(x) if !wanted.contains(x) => wrong(h.place, "square", format!("`{x}` is no cause of this article's signatures")),
                            Some(_) => {}
                        }
                    }
                }
            }
            Kind::Step if !used.contains(o.id) => {
                let gives_something = o.gives.iter().any(|g| {
                    library
                        .entries()
                        .iter()
                        .any(|e| e.outline.id != o.id && !matches!(e.outline.kind, Kind::Facts | Kind::Format) && e.outline.text.contains(g))
                });
                if !gives_something {
                    out.push(Problem::new(o.file, head, "unused", format!("no signature uses the step `{}` or a fact that it gives", o.id)));
                }
            }
            _ => {}
        }
    }
    out
}
