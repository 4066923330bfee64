//! Markdown as text for a terminal, wrapped to a width: what `show` prints of an article. It knows the form of text
//! only, no article: what a label means comes in through `risk`. It never hands on a control character of the text (all
//! goes through `shown`), follows no link, interprets no HTML, and without colour writes none of its own either. Nesting
//! costs no stack, and beyond half the width it no longer indents.

mod inline;
mod table;
mod wrap;

use crate::text::untrusted::shown;
use inline::Link;
use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use table::Table;
use wrap::{Look, Piece};

/// How the output is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours and weights.
    pub color: bool,
    /// Columns; below 20 and above 1,000 the nearest of the two counts.
    pub width: usize,
}

/// Markdown as text that ends with one newline; nothing remains nothing. `risk` tells the colour of a label in brackets
/// that begins a list item (`[reboot, destroys-evidence]`): 0 green, 1 yellow, 2 red; `None`: no such label.
pub fn render(markdown: &str, style: &Style, risk: &dyn Fn(&str) -> Option<u8>) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut renderer = Renderer {
        color: style.color,
        width: style.width.clamp(20, 1000),
        risk,
        out: String::new(),
        containers: Vec::new(),
        prefix: String::new(),
        lead: None,
        deep_marker: None,
        pieces: Vec::new(),
        bold: 0,
        italic: 0,
        underline: false,
        links: Vec::new(),
        table: None,
        verbatim: None,
        gap: false,
        fresh: true,
        item_start: false,
    };
    for event in Parser::new_ext(markdown, options) {
        renderer.event(event);
    }
    renderer.flush();
    let end = renderer.out.trim_end_matches('\n').len();
    renderer.out.truncate(end + usize::from(end > 0));
    renderer.out
}

/// What a block can stand in; all share the width, so all carry what their lines begin with.
enum Container {
    /// Bytes of the prefix that are its own.
    Quote(usize),
    Item(usize),
    /// The next number, if it has numbers.
    List(Option<u64>),
}

struct Renderer<'a> {
    color: bool,
    width: usize,
    risk: &'a dyn Fn(&str) -> Option<u8>,
    out: String,
    containers: Vec<Container>,
    /// What each line begins with: indents and `> `.
    prefix: String,
    /// What the next line begins with instead: the prefix with the markers of the items that begin there.
    lead: Option<String>,
    /// The marker of an item nested too deep to be indented.
    deep_marker: Option<String>,
    /// Text of the block that is open.
    pieces: Vec<Piece>,
    bold: usize,
    italic: usize,
    underline: bool,
    links: Vec<Link>,
    table: Option<Table>,
    /// Text that is shown as it stands, or for front matter not at all.
    verbatim: Option<String>,
    /// A blank line goes before the next line.
    gap: bool,
    /// Nothing stands above in this container, or only the heading that belongs to what follows.
    fresh: bool,
    item_start: bool,
}

impl Renderer<'_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.verbatim {
                Some(verbatim) => verbatim.push_str(&text),
                None => self.text(&text),
            },
            Event::Code(code) => self.code(&code),
            Event::Html(html) => {
                // Line by line, as it stands.
                for line in html.lines() {
                    self.text(line);
                    self.pieces.push(Piece::line_break());
                }
            }
            Event::InlineHtml(html) => self.text(&html),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.pieces.push(Piece::line_break()),
            Event::Rule => {
                self.block();
                self.line(&"-".repeat(self.room()));
                self.gap = true;
            }
            // Extensions that are not switched on.
            Event::InlineMath(t) | Event::DisplayMath(t) | Event::FootnoteReference(t) => self.text(&t),
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Paragraph => {
                let label = self.item_start;
                self.block();
                self.item_start = label;
            }
            Tag::HtmlBlock => self.block(),
            Tag::Heading { level, .. } => {
                self.block();
                self.gap = true;
                self.bold += 1;
                self.underline = level <= HeadingLevel::H2;
            }
            Tag::BlockQuote(_) => {
                self.block();
                self.blank();
                let own = self.indent("> ", "> ");
                self.containers.push(Container::Quote(own));
                self.fresh = true;
            }
            Tag::CodeBlock(_) | Tag::MetadataBlock(_) => {
                self.block();
                self.verbatim = Some(String::new());
            }
            Tag::List(first) => {
                self.flush();
                if !self.fresh && !matches!(self.containers.last(), Some(Container::Item(_))) {
                    self.gap = true;
                }
                self.containers.push(Container::List(first));
            }
            Tag::Item => self.item(),
            Tag::Table(aligns) => {
                self.block();
                self.table = Some(Table::new(aligns));
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Link { link_type, dest_url, .. } => self.link(&dest_url, matches!(link_type, LinkType::Autolink | LinkType::Email)),
            Tag::Image { dest_url, .. } => self.link(&dest_url, false),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => {
                self.flush();
                self.gap = true;
            }
            TagEnd::Heading(level) => {
                self.bold -= 1;
                self.underline = false;
                self.heading(level);
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.close();
                self.gap = true;
                self.fresh = false;
            }
            TagEnd::CodeBlock => {
                for line in self.verbatim.take().unwrap_or_default().lines() {
                    let look = Look { dim: true, ..Look::default() };
                    let line = wrap::paint(&[Piece { text: shown(line.trim_end()), look }], self.color);
                    self.line(&if line.is_empty() { line } else { format!("    {line}") });
                }
                self.gap = true;
            }
            TagEnd::MetadataBlock(_) => {
                self.verbatim = None;
                self.fresh = true;
            }
            TagEnd::List(_) => {
                self.containers.pop();
                if !matches!(self.containers.last(), Some(Container::Item(_))) {
                    self.gap = true;
                }
                self.fresh = false;
            }
            TagEnd::Item => {
                self.flush();
                if self.lead.is_some() {
                    self.line("");
                }
                self.close();
                self.fresh = false;
                self.item_start = false;
                self.deep_marker = None;
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.pieces);
                if let Some(row) = self.table.as_mut().and_then(|t| t.rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                for line in self.table.take().map(|t| t.lines(self.room())).unwrap_or_default() {
                    self.line(&wrap::paint(&line, self.color));
                }
                self.gap = true;
            }
            TagEnd::Emphasis => self.italic -= 1,
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Link | TagEnd::Image => self.link_end(),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.flush();
        let marker = match self.containers.last_mut() {
            Some(Container::List(Some(n))) => {
                let marker = format!("{n}. ");
                *n = n.saturating_add(1);
                marker
            }
            _ => "- ".to_string(),
        };
        let own = self.indent(&" ".repeat(marker.len()), &marker);
        self.deep_marker = (own == 0).then_some(marker);
        self.containers.push(Container::Item(own));
        self.fresh = true;
        self.item_start = true;
    }

    /// Lines from here on begin with `each`, the first one with `first`. Returns the bytes added; 0 when there is no room.
    fn indent(&mut self, each: &str, first: &str) -> usize {
        if self.prefix.len() + each.len() > self.width / 2 {
            return 0;
        }
        let lead = self.lead.take().unwrap_or_else(|| self.prefix.clone());
        self.lead = (each != first || lead != self.prefix).then(|| lead + first);
        self.prefix.push_str(each);
        each.len()
    }

    fn close(&mut self) {
        if let Some(Container::Quote(own) | Container::Item(own)) = self.containers.pop() {
            self.prefix.truncate(self.prefix.len() - own);
        }
    }

    /// Columns beside the prefix.
    fn room(&self) -> usize {
        self.width - self.prefix.len()
    }

    /// A block begins.
    fn block(&mut self) {
        self.flush();
        self.gap |= !self.fresh;
        self.item_start = false;
    }

    /// Writes the text of the open block.
    fn flush(&mut self) {
        let mut pieces = std::mem::take(&mut self.pieces);
        if std::mem::take(&mut self.item_start) && !pieces.is_empty() {
            self.label(&mut pieces);
        }
        if let Some(marker) = self.deep_marker.take_if(|_| !pieces.is_empty()) {
            pieces.insert(0, Piece { text: marker, look: Look::default() });
        }
        for line in wrap::wrap(&pieces, self.room()) {
            self.line(&wrap::paint(&line, self.color));
        }
    }

    /// Without colour a heading is underlined, so that it is none the less seen.
    fn heading(&mut self, level: HeadingLevel) {
        let lines = wrap::wrap(&std::mem::take(&mut self.pieces), self.room());
        for line in &lines {
            self.line(&wrap::paint(line, self.color));
        }
        if !self.color && !lines.is_empty() {
            let rule = match level {
                HeadingLevel::H1 => "=",
                HeadingLevel::H2 => "-",
                _ => "~",
            };
            let width = lines.iter().map(|l| wrap::width(l)).max().unwrap_or(0);
            self.line(&rule.repeat(width.min(self.room())));
        }
        self.gap = false;
        self.fresh = true;
    }

    fn line(&mut self, text: &str) {
        self.blank();
        let begin = self.lead.take();
        let at = self.out.len();
        self.out.push_str(begin.as_deref().unwrap_or(&self.prefix));
        self.out.push_str(text);
        let end = self.out[at..].trim_end_matches(' ').len();
        self.out.truncate(at + end);
        self.out.push('\n');
        self.fresh = false;
    }

    /// The blank line that is due, unless there is one: a quote may have been empty, code may end with one.
    fn blank(&mut self) {
        let last = self.out.trim_end_matches('\n').len()..self.out.len();
        let there = last.len() > 1 || self.out[..last.start].rsplit('\n').next().is_some_and(|l| l.bytes().all(|b| b == b'>' || b == b' '));
        if std::mem::take(&mut self.gap) && !there {
            self.out.push_str(self.prefix.trim_end());
            self.out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests;
