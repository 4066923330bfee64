//! One trip instead of ten: the marks by which the script of all open steps parts the output of one from that of the
//! next, and the way back from a pasted output to answers. What stood before the first mark is evidence like any other.

/// The line before the output of a step is this, its id, and the end.
pub const STEP: &str = "=== faultbook step ";
/// The line behind it is this, the exit status, and the end.
pub const STATUS: &str = "=== faultbook status ";
/// The last line of the script's output.
pub const OVER: &str = "=== faultbook end";
/// How a marking line ends.
pub const END: &str = " ===";

/// A part of what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The step; none for what stood outside the marks.
    pub step: Option<&'a str>,
    /// What it printed.
    pub text: &'a str,
    /// Its exit status, when it came back.
    pub status: Option<u8>,
}

impl Part<'_> {
    /// The shell could not find or start the command, so it was not this machine that the step is for.
    pub fn is_elsewhere(&self) -> bool {
        matches!(self.status, Some(126 | 127))
    }
}

/// Whether marks stand in a text.
pub fn is_trip(text: &str) -> bool {
    text.lines().any(|l| mark(l, STEP).is_some())
}

/// The parts of a text with marks, in order.
pub fn parts<'a>(text: &'a str) -> Vec<Part<'a>> {
    let mut out: Vec<Part<'a>> = Vec::new();
    let mut step = None;
    let mut from = 0;
    let mut at = 0;
    let mut push = |step: Option<&'a str>, from: usize, to: usize, status: Option<u8>| {
        let own = &text[from..to];
        if step.is_some() || !own.trim().is_empty() {
            out.push(Part { step, text: own, status });
        }
    };
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        if let Some(id) = mark(line, STEP) {
            push(step, from, at, None);
            (step, from) = (Some(id), next);
        } else if let Some(status) = mark(line, STATUS).filter(|_| step.is_some()) {
            // Output without a line end stands in front of the mark.
            push(step, from, at + line.find(STATUS).unwrap_or(0), status.parse().ok());
            (step, from) = (None, next);
        } else if line.trim().starts_with(OVER) {
            push(step, from, at, None);
            (step, from) = (None, next);
        }
        at = next;
    }
    push(step, from, text.len(), None);
    out
}

/// What a marking line names. A paste may have put a prompt or a quote sign in front of it.
fn mark<'a>(line: &'a str, begins: &str) -> Option<&'a str> {
    let rest = &line[line.find(begins)? + begins.len()..];
    let name = rest.trim_end().strip_suffix(END.trim_start()).map(str::trim_end)?;
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    plain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use indoc::indoc;

    #[test]
    fn what_came_back_is_parted_by_its_marks() {
        let text = indoc! {"
            [root@esx01:~] sh trip.sh
            === faultbook step heap-stats ===
            Heap stats {
            Name:netGPHeap
            === faultbook status 0 ===
            === faultbook step not-here ===
            sh: vsish: not found
            === faultbook status 127 ===
            === faultbook step cut-off ===
            one line
        "};
        let parts = parts(text);
        assert_eq!(parts.len(), 4);
        assert_eq!((parts[0].step, parts[0].text), (None, "[root@esx01:~] sh trip.sh\n"));
        assert_eq!((parts[1].step, parts[1].text, parts[1].status), (Some("heap-stats"), "Heap stats {\nName:netGPHeap\n", Some(0)));
        assert!(parts[2].is_elsewhere() && !parts[1].is_elsewhere());
        assert_eq!((parts[3].step, parts[3].text, parts[3].status), (Some("cut-off"), "one line\n", None));
        assert!(is_trip(text) && !is_trip("=== faultbook step has a blank ===\n=== something else ==="));
    }

    #[test]
    fn nothing_is_lost_of_a_text_with_marks() {
        let text = "before\r\n> === faultbook step a ===\r\nout\r\n=== faultbook end ===\r\nafter";
        let parts = parts(text);
        assert_eq!(parts.iter().map(|p| (p.step, p.text)).collect::<Vec<_>>(), [(None, "before\r\n"), (Some("a"), "out\r\n"), (None, "after")]);
    }
}
