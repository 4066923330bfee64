//! The search index over a library's texts: `build` makes its files as bytes (in `build.rs` for the shipped library, in
//! memory for a user's own), `Index` opens them where they lie and answers. Only our own terms go in and only our own
//! terms are asked for: tantivy's tokenizers and its query parser never see a text (the parser aborts the process on
//! nested brackets, `dependencies.md`). It keeps no text but ids and titles, touches no disk and has no threads.
//! `build.rs` includes this file by its path, so it needs only std, tantivy and the terms beside it.

// Paths, because `build.rs` includes this file by path too, and then `mod` alone would look in another folder.
#[path = "index/embedded.rs"]
mod embedded;
#[path = "index/query.rs"]
mod query;

pub use embedded::Embedded;
pub use query::{Hit, Index, MAX_QUERY_TERMS, search_all};

use super::tokens::tokens;
use tantivy::directory::RamDirectory;
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};
use tantivy::store::Compressor;
use tantivy::{Directory, IndexBuilder, IndexSettings, SingleSegmentIndexWriter, TantivyDocument};

/// One thing that search can find.
#[derive(Clone, Copy, Debug, Default)]
pub struct Document<'a> {
    /// Its id; one kind has it once.
    pub id: &'a str,
    /// `article`, `signature`, `step`, `table`.
    pub kind: &'a str,
    /// Shown with a hit, and its words weigh most.
    pub title: &'a str,
    /// Keywords, titles of causes, names of settings.
    pub strong: &'a str,
    /// Prose.
    pub body: &'a str,
    /// Log lines, the literal text of patterns.
    pub code: &'a str,
}

/// Fields whose words are searched, with the weight of a word found there.
const WORDS: [(&str, f32); 4] = [("title", 4.0), ("strong", 3.0), ("code", 1.5), ("body", 1.0)];
/// What the writer is told to expect. It only sizes its first tables by it, which grow; large ones cost more than the
/// whole of a user's thirty articles.
const WRITER_BYTES: usize = 1 << 16;
/// The name of the only segment, instead of a random one.
const SEGMENT: &str = "00000000000040008000000000000001";

struct Fields {
    id: Field,
    kind: Field,
    shown: Field,
    words: [Field; 4],
}

impl Fields {
    /// Declares them; the order is that of `Fields::all`.
    fn schema() -> (Schema, Fields) {
        let mut schema = SchemaBuilder::new();
        let stored = TextOptions::default() | STORED;
        // Terms come ready made; handing them over as tokens goes through JSON within tantivy and takes twice as long.
        // Frequencies rank, and since there are no phrases, positions would only make the program larger.
        let terms = TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(IndexRecordOption::WithFreqs);
        let fields = Fields {
            id: schema.add_text_field("id", stored.clone()),
            kind: schema.add_text_field("kind", stored.clone()),
            shown: schema.add_text_field("shown", stored),
            words: WORDS.map(|(name, _)| schema.add_text_field(name, TextOptions::default().set_indexing_options(terms.clone()))),
        };
        (schema.build(), fields)
    }
}

/// The files of an index over these documents, sorted by name. The same documents in any order give the same bytes.
///
/// # Panics
/// Never for any text; only if tantivy cannot write to memory.
pub fn build(docs: &[Document]) -> Vec<(String, Vec<u8>)> {
    try_build(docs).expect("an index in memory can be written")
}

fn try_build(docs: &[Document]) -> tantivy::Result<Vec<(String, Vec<u8>)>> {
    let (schema, fields) = Fields::schema();
    // Ids and titles are read one by one and are short: packing them would cost more than it saves.
    let settings = IndexSettings { docstore_compression: Compressor::None, docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
    let ram = RamDirectory::create();
    let builder = IndexBuilder::new().schema(schema).settings(settings);
    let mut writer: SingleSegmentIndexWriter = builder.single_segment_index_writer(ram.clone(), WRITER_BYTES)?;
    let mut sorted: Vec<&Document> = docs.iter().collect();
    sorted.sort_by_key(|d| (d.id, d.kind, d.title));
    for doc in sorted {
        let mut entry = TantivyDocument::new();
        entry.add_text(fields.id, doc.id);
        entry.add_text(fields.kind, doc.kind);
        entry.add_text(fields.shown, doc.title);
        for (field, text) in fields.words.into_iter().zip([doc.title, doc.strong, doc.code, doc.body]) {
            entry.add_text(field, terms_of(text));
        }
        // An id is found by its words too: `show` takes what `search` was given.
        entry.add_text(fields.words[1], terms_of(doc.id));
        writer.add_document(entry)?;
    }
    let index = writer.finalize()?;
    let segment = index.searchable_segment_ids()?[0].uuid_string();
    let mut files = Vec::new();
    for path in index.directory().list_managed_files() {
        let name = path.to_string_lossy().into_owned();
        // Lock files and the list of files are tantivy's house-keeping for writing.
        if !name.starts_with('.') && !name.ends_with(".temp") {
            // From the directory itself: through the index a file comes without its checksum.
            let bytes = ram.open_read(&path)?.read_bytes()?.to_vec();
            files.push((name.replace(&segment, SEGMENT), rename(bytes, &name, &segment)));
        }
    }
    files.sort();
    Ok(files)
}

/// `meta.json` names the segment as a UUID with dashes.
fn rename(bytes: Vec<u8>, name: &str, segment: &str) -> Vec<u8> {
    if name != "meta.json" {
        return bytes;
    }
    let dashed = |id: &str| [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
    String::from_utf8_lossy(&bytes).replace(&dashed(segment), &dashed(SEGMENT)).into_bytes()
}

/// Our terms hold no blanks, so the cut at blanks gives them back.
fn terms_of(text: &str) -> String {
    tokens(text).join(" ")
}

#[cfg(test)]
#[path = "index/tests.rs"]
mod tests;
