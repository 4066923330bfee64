//! Questions to an index: the terms of the text, rarest first, each asked of every field. One answer over several
//! indexes (the shipped one and a user's own) counts words over all of them, else the scores of a small index would
//! mean something else than those of a large one. No text can make it fail: what cannot be answered finds nothing.

use super::super::tokens::{QUERY_BYTES, tokens_within};
use super::{Embedded, WORDS};
use std::collections::{BTreeSet, HashMap};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, DocId, ReloadPolicy, Score, Searcher, SegmentReader, TantivyDocument, Term};

/// How many different terms a query asks for.
pub const MAX_QUERY_TERMS: usize = 64;
/// How many unknown words are looked up with one letter changed, and how many readings of each are taken.
const MAX_MISSPELT: usize = 8;
const MAX_READINGS: usize = 3;
/// What a word counts that was not typed so.
const READING_WEIGHT: f32 = 0.5;
/// Letters at the beginning of a word that must be right.
const FIXED: usize = 2;

/// Something that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// `article`, `signature`, `step`, `table`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// How well it fits; only comparable within one answer.
    pub score: f32,
}

/// An opened index.
pub struct Index {
    searcher: Searcher,
    id: Field,
    kind: Field,
    shown: Field,
    words: [Field; 4],
}

impl Index {
    /// Opens the index of the program in place.
    pub fn open_embedded(files: &'static [(&'static str, &'static [u8])]) -> Result<Index, String> {
        Index::open(Embedded::program(files)).map_err(|e| e.to_string())
    }

    /// Opens an index that was just built.
    pub fn open_owned(files: Vec<(String, Vec<u8>)>) -> Result<Index, String> {
        Index::open(Embedded::owned(files)).map_err(|e| e.to_string())
    }

    fn open(directory: Embedded) -> tantivy::Result<Index> {
        let index = tantivy::Index::open(directory)?;
        let schema = index.schema();
        let mut words = [Field::from_field_id(0); 4];
        for (word, (name, _)) in words.iter_mut().zip(WORDS) {
            *word = schema.get_field(name)?;
        }
        // One block of the store is kept: titles of an answer stand close together.
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(1).try_into()?;
        Ok(Index { searcher: reader.searcher(), id: schema.get_field("id")?, kind: schema.get_field("kind")?, shown: schema.get_field("shown")?, words })
    }

    /// The best `limit` hits for any text, best first. The same text always gives the same answer.
    pub fn search(&self, text: &str, limit: usize) -> Vec<Hit> {
        search_all(&[self], text, limit)
    }

    /// In how many documents a term stands, field by field.
    fn counts(&self, term: &str) -> tantivy::Result<[u64; 4]> {
        let mut counts = [0; 4];
        for (count, field) in counts.iter_mut().zip(self.words) {
            *count = self.searcher.doc_freq(&Term::from_field_text(field, term))?;
        }
        Ok(counts)
    }

    /// Words of the index that are one letter off.
    fn readings(&self, word: &str, found: &mut BTreeSet<String>) -> tantivy::Result<()> {
        let letters: Vec<char> = word.chars().collect();
        let prefix: String = letters[..FIXED].iter().collect();
        for segment in self.searcher.segment_readers() {
            for field in self.words {
                let index = segment.inverted_index(field)?;
                let mut stream = index.terms().range().ge(&prefix).into_stream()?;
                while stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
                    let Ok(other) = std::str::from_utf8(stream.key()) else { continue };
                    if other.len().abs_diff(word.len()) <= 4 && one_edit(&letters, &other.chars().collect::<Vec<_>>()) {
                        found.insert(other.to_string());
                    }
                }
            }
        }
        Ok(())
    }

    fn hit(&self, score: f32, at: DocAddress) -> tantivy::Result<Hit> {
        let doc: TantivyDocument = self.searcher.doc(at)?;
        let text = |field| doc.get_first(field).and_then(|v| v.as_str()).unwrap_or_default().to_string();
        Ok(Hit { id: text(self.id), kind: text(self.kind), title: text(self.shown), score })
    }
}

/// One answer from several indexes.
pub fn search_all(indexes: &[&Index], text: &str, limit: usize) -> Vec<Hit> {
    answer(indexes, text, limit).unwrap_or_default()
}

fn answer(indexes: &[&Index], text: &str, limit: usize) -> tantivy::Result<Vec<Hit>> {
    let Some(first) = indexes.first().filter(|_| limit > 0) else { return Ok(Vec::new()) };
    let chosen = choose(indexes, text)?;
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for term in &chosen {
        for ((field, (_, boost)), count) in first.words.into_iter().zip(WORDS).zip(term.fields) {
            if count > 0 {
                let query = TermQuery::new(Term::from_field_text(field, &term.text), IndexRecordOption::WithFreqs);
                clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), boost * term.weight))));
            }
        }
    }
    let query = BooleanQuery::new(clauses);
    let statistics = Statistics::of(indexes, &chosen)?;
    let mut hits = Vec::new();
    for index in indexes {
        let mut found = index.searcher.search_with_statistics_provider(&query, &Everything, &statistics)?;
        // Documents lie in the order of their ids, so equal scores stay in that order.
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (score, at) in found.into_iter().take(limit) {
            hits.push(index.hit(score, at)?);
        }
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (&a.id, &a.kind).cmp(&(&b.id, &b.kind))));
    hits.truncate(limit);
    Ok(hits)
}

/// A term that is asked for.
struct Chosen {
    text: String,
    /// Documents in the field that has most.
    count: u64,
    fields: [u64; 4],
    weight: f32,
}

/// The terms of a text that the indexes know, rarest first, and for words that none knows those one letter off.
fn choose(indexes: &[&Index], text: &str) -> tantivy::Result<Vec<Chosen>> {
    let mut seen = BTreeSet::new();
    let (mut chosen, mut unknown) = (Vec::new(), Vec::new());
    for term in tokens_within(text, QUERY_BYTES) {
        if seen.insert(term.clone()) {
            match count(indexes, term, 1.0)? {
                Ok(term) => chosen.push(term),
                Err(term) if misspelt(&term) => unknown.push(term),
                Err(_) => {}
            }
        }
    }
    for word in unknown.into_iter().take(MAX_MISSPELT) {
        let mut found = BTreeSet::new();
        for index in indexes {
            index.readings(&word, &mut found)?;
        }
        let mut readings = Vec::new();
        for reading in found.into_iter().filter(|r| !seen.contains(r)) {
            readings.extend(count(indexes, reading, READING_WEIGHT)?);
        }
        // The common word is the likelier one to be meant.
        readings.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
        readings.truncate(MAX_READINGS);
        seen.extend(readings.iter().map(|r| r.text.clone()));
        chosen.extend(readings);
    }
    chosen.sort_by(|a, b| a.count.cmp(&b.count).then_with(|| a.text.cmp(&b.text)));
    chosen.truncate(MAX_QUERY_TERMS);
    Ok(chosen)
}

/// The term with its counts over all indexes, or the term itself when none has it.
fn count(indexes: &[&Index], text: String, weight: f32) -> tantivy::Result<Result<Chosen, String>> {
    let mut fields = [0; 4];
    for index in indexes {
        for (sum, n) in fields.iter_mut().zip(index.counts(&text)?) {
            *sum += n;
        }
    }
    let count = fields.into_iter().max().unwrap_or(0);
    Ok(if count > 0 { Ok(Chosen { text, count, fields, weight }) } else { Err(text) })
}

/// Only a word can be misspelt; a code or a name with digits is another one.
fn misspelt(term: &str) -> bool {
    term.chars().count() >= 5 && term.chars().all(char::is_alphabetic)
}

/// One letter more, less, other, or two exchanged.
fn one_edit(a: &[char], b: &[char]) -> bool {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - tail], &b[..b.len() - tail]) {
        ([], [_]) | ([_], []) | ([_], [_]) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}

/// Counts over all indexes. A word is as rare as in its most common field: else a common word would weigh most where it
/// happens to be rare, in titles.
struct Statistics {
    documents: u64,
    tokens: HashMap<Field, u64>,
    counts: HashMap<String, u64>,
}

impl Statistics {
    fn of(indexes: &[&Index], chosen: &[Chosen]) -> tantivy::Result<Statistics> {
        let mut all = Statistics { documents: 0, tokens: HashMap::new(), counts: HashMap::new() };
        for index in indexes {
            all.documents += index.searcher.total_num_docs()?;
            for field in index.words {
                *all.tokens.entry(field).or_default() += index.searcher.total_num_tokens(field)?;
            }
        }
        all.counts = chosen.iter().map(|t| (t.text.clone(), t.count)).collect();
        Ok(all)
    }
}

impl Bm25StatisticsProvider for Statistics {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        Ok(self.tokens.get(&field).copied().unwrap_or(0))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        Ok(term.value().as_str().and_then(|t| self.counts.get(t)).copied().unwrap_or(0))
    }
}

/// Collects every hit. The ready-made collector skips what cannot win, and then adds up scores in an order that depends
/// on the document, so that equal documents differ in the last bit.
struct Everything;

struct Found {
    segment: u32,
    hits: Vec<(Score, DocAddress)>,
}

impl Collector for Everything {
    type Fruit = Vec<(Score, DocAddress)>;
    type Child = Found;

    fn for_segment(&self, segment: u32, _: &SegmentReader) -> tantivy::Result<Found> {
        Ok(Found { segment, hits: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for Found {
    type Fruit = Vec<(Score, DocAddress)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        // To a thousandth, for the same reason.
        let score = (score * 1000.0).round() / 1000.0;
        self.hits.push((score, DocAddress::new(self.segment, doc)));
    }

    fn harvest(self) -> Self::Fruit {
        self.hits
    }
}
