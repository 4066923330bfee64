//! What a fact or a finding is about: values of key facts (`heap.name=vmfs3`) on a host, or in the whole case.

use super::decl::{FactDecl, Name};
use super::value::Value;
use foldhash::fast::RandomState;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

/// The root of a subject: one host, a host that no line named, or the whole case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Root {
    /// Everything that was looked at.
    Case,
    /// A host; `None`: no line named it.
    Host(Option<Arc<str>>),
}

/// A key of a subject: the fact that names it and its value.
#[derive(Clone, Debug)]
pub struct Key {
    /// The naming fact.
    pub name: Name,
    /// Its value as first seen.
    pub value: Value,
    /// What makes two values the same subject.
    id: Arc<str>,
}

impl PartialEq for Key {
    fn eq(&self, o: &Self) -> bool {
        self.name == o.name && self.id == o.id
    }
}
impl Eq for Key {}
impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, h: &mut H) {
        self.name.hash(h);
        self.id.hash(h);
    }
}
impl PartialOrd for Key {
    fn partial_cmp(&self, o: &Self) -> Option<Ordering> {
        Some(self.cmp(o))
    }
}
impl Ord for Key {
    fn cmp(&self, o: &Self) -> Ordering {
        (&self.name, &self.id).cmp(&(&o.name, &o.id))
    }
}

/// What something is about. Keys are sorted by name, one value each. Cheap to clone, and to find: it is looked for with
/// every fact of every line.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Host or case.
    pub root: Root,
    keys: Arc<[Key]>,
    /// Of the keys.
    hash: u64,
}

impl PartialEq for Subject {
    fn eq(&self, o: &Self) -> bool {
        self.hash == o.hash && self.root == o.root && (Arc::ptr_eq(&self.keys, &o.keys) || self.keys == o.keys)
    }
}
impl Eq for Subject {}
impl Hash for Subject {
    fn hash<H: Hasher>(&self, h: &mut H) {
        self.root.hash(h);
        h.write_u64(self.hash);
    }
}
impl PartialOrd for Subject {
    fn partial_cmp(&self, o: &Self) -> Option<Ordering> {
        Some(self.cmp(o))
    }
}
impl Ord for Subject {
    fn cmp(&self, o: &Self) -> Ordering {
        (&self.root, &self.keys).cmp(&(&o.root, &o.keys))
    }
}

/// Keys come from the input, so what it is hashed with must not be known to whoever wrote that.
static HASHES: LazyLock<RandomState> = LazyLock::new(RandomState::default);

impl Subject {
    fn of(root: Root, keys: Arc<[Key]>) -> Subject {
        let hash = if keys.is_empty() { 0 } else { HASHES.hash_one(&keys) };
        Subject { root, keys, hash }
    }

    /// A host without further keys; `None`: not named.
    pub fn host(name: Option<Arc<str>>) -> Subject {
        Subject::of(Root::Host(name), Arc::default())
    }

    /// The whole case.
    pub fn case() -> Subject {
        Subject::of(Root::Case, Arc::default())
    }

    /// The same subject with one key more (or another value of it).
    pub fn with(self, name: &Name, value: Value) -> Subject {
        let key = Key { name: name.clone(), id: value.key().into(), value };
        if self.keys.contains(&key) {
            return self;
        }
        let mut keys = self.keys.to_vec();
        match keys.binary_search_by(|k| k.name.cmp(name)) {
            Ok(i) => keys[i] = key,
            Err(i) => keys.insert(i, key),
        }
        Subject::of(self.root, keys.into())
    }

    /// The value of one key.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.keys.iter().find(|k| &*k.name == name).map(|k| &k.value)
    }

    /// All keys, sorted by name.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The part of this subject that a fact is about: its root and the keys its declaration names.
    /// `None` when a key is missing.
    pub fn project(&self, decl: &FactDecl) -> Option<Subject> {
        let root = match (&self.root, decl.of_case) {
            (_, true) => Root::Case,
            (Root::Case, false) => return None,
            (root, false) => root.clone(),
        };
        // Most facts are about all of what their subject is, or about the host alone.
        if decl.about.len() == self.keys.len() && self.keys.iter().all(|k| decl.about.contains(&k.name)) {
            return Some(Subject { root, keys: self.keys.clone(), hash: self.hash });
        }
        let mut keys = decl.about.iter().map(|name| self.keys.iter().find(|k| k.name == *name).cloned()).collect::<Option<Vec<_>>>()?;
        keys.sort();
        Some(Subject::of(root, keys.into()))
    }

    /// Whether what is known of `other` belongs to this subject: same host (or this is the case), and no key that both
    /// have differs.
    pub fn covers(&self, other: &Subject) -> bool {
        let root = match (&self.root, &other.root) {
            (Root::Case, _) | (_, Root::Case) => true,
            (a, b) => a == b,
        };
        root && self.keys.iter().all(|k| other.keys.iter().find(|o| o.name == k.name).is_none_or(|o| o == k))
    }

    /// The host's name, when there is one.
    pub fn host_name(&self) -> Option<&Arc<str>> {
        match &self.root {
            Root::Host(Some(h)) => Some(h),
            _ => None,
        }
    }

    /// The same on another root.
    pub fn rooted(&self, root: Root) -> Subject {
        Subject { root, keys: self.keys.clone(), hash: self.hash }
    }

    /// What tells `self` from others of the same kind, seen from `within`: keys and host that `within` does not fix.
    pub fn label(&self, within: &Subject, hosts: usize) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let Root::Host(Some(h)) = &self.root
            && within.root != self.root
            && hosts > 1
        {
            parts.push(h.to_string());
        }
        parts.extend(self.keys.iter().filter(|k| within.get(&k.name).is_none()).map(|k| k.value.to_string()));
        parts.join(" ")
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for key in self.keys.iter() {
            if !first {
                f.write_str(", ")?;
            }
            first = false;
            write!(f, "{} {}", key.name, key.value)?;
        }
        if let Root::Host(Some(h)) = &self.root {
            write!(f, "{}host {h}", if first { "" } else { ", " })?;
        }
        Ok(())
    }
}
