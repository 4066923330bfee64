//! The part of an article that an answer shows: the plan for the established cause, else what to do in any case.

use super::style::Paint;
use crate::case::finding::Finding;
use crate::library::Library;
use crate::model::article::{Action, Plan};
use crate::text::untrusted::shown;
use std::fmt::Write;

/// Actions that an answer shows; the article has all.
const ACTIONS: usize = 4;

/// The plan of a finding's article and where to read the rest.
pub fn plan(out: &mut String, f: &Finding, library: &Library, paint: Paint) {
    let Some(id) = &f.article else { return };
    let Some(article) = library.article(id) else { return };
    let cause = f.established().map(|c| c.id.as_str());
    let plan = cause.and_then(|c| article.plan(c)).or_else(|| article.plan("any")).or(article.plans.first().filter(|_| article.plans.len() == 1));
    if let Some(plan) = plan {
        let whose = match cause {
            Some(_) => "Plan for this cause:",
            None => "Plan until a cause is established:",
        };
        let _ = writeln!(out, "  {} {}", paint.bold(whose), shown(&plan.title));
        actions(out, plan, f, paint, ACTIONS);
    }
    let _ = writeln!(out, "  More: {}  ({}; {})", paint.command(format!("faultbook show {id}")), shown(&article.front.title), article.front.confidence.words());
    if let Some(file) = &f.file {
        let _ = writeln!(out, "  From {}, which is not part of the shipped library.", shown(file));
    }
}

/// Actions of a plan whose conditions may hold.
pub fn actions(out: &mut String, plan: &Plan, f: &Finding, paint: Paint, most: usize) {
    let fitting = fitting(plan, f);
    for (i, a) in fitting.iter().take(most).enumerate() {
        let label = if a.destroys_evidence { format!("{}, destroys evidence", paint.risk(a.risk)) } else { paint.risk(a.risk) };
        let when = a.when.as_ref().map(|w| format!("when {}: ", w.value)).unwrap_or_default();
        let text = format!("{when}{}", a.text.replace('\n', " "));
        let _ = writeln!(out, "    {}. [{label}] {}", i + 1, paint.wrap(&shown(&text), 12, 7));
    }
    if fitting.len() > most {
        let _ = writeln!(out, "    and {} more in the article", fitting.len() - most);
    }
}

/// Actions whose conditions hold, or may hold.
pub fn fitting<'p>(plan: &'p Plan, f: &Finding) -> Vec<&'p Action> {
    plan.actions.iter().filter(|a| !excluded(a, f)).collect()
}

/// A condition on facts that this finding knows, and that does not hold.
fn excluded(a: &Action, f: &Finding) -> bool {
    let Some(when) = &a.when else { return false };
    let Ok(expr) = crate::facts::expr::Expr::parse(&when.value) else { return false };
    let scope = crate::case::finding_scope(f);
    matches!(expr.eval(&scope, &mut Default::default()), crate::facts::expr::Evaluated::Known(crate::facts::value::Value::Flag(false)))
}
