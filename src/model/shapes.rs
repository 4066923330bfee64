//! Shapes that several kinds of file share: a text or a map, one or many.

use crate::text::place::At;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use std::fmt;
use std::marker::PhantomData;

/// A text, or a map with more to say.
#[derive(Clone, Debug)]
pub enum TextOr<M> {
    /// The short form.
    Text(At<String>),
    /// The long form.
    Map(M),
}

/// A scalar as text, a list, or a map, whichever stands there.
enum Raw<S, M> {
    Scalar(String),
    List(Vec<S>),
    Map(M),
}

struct RawVisitor<S, M>(PhantomData<(S, M)>);

impl<'de, S: Deserialize<'de>, M: Deserialize<'de>> Visitor<'de> for RawVisitor<S, M> {
    type Value = Raw<S, M>;
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a text, or the long form of it")
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Raw::Scalar(v.to_string()))
    }
    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Self::Value, E> {
        Ok(Raw::Scalar(v.to_string()))
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
        Ok(Raw::Scalar(v.to_string()))
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
        Ok(Raw::Scalar(v.to_string()))
    }
    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Self::Value, E> {
        Ok(Raw::Scalar(v.to_string()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = seq.next_element()? {
            out.push(item);
        }
        Ok(Raw::List(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        M::deserialize(MapAccessDeserializer::new(map)).map(Raw::Map)
    }
}

impl<'de, S: Deserialize<'de>, M: Deserialize<'de>> Deserialize<'de> for Raw<S, M> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(RawVisitor(PhantomData))
    }
}

impl<'de, M: Deserialize<'de>> Deserialize<'de> for TextOr<M> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let at = At::<Raw<de::IgnoredAny, M>>::deserialize(d)?;
        match at.value {
            Raw::Scalar(value) => Ok(TextOr::Text(At { value, place: at.place })),
            Raw::Map(map) => Ok(TextOr::Map(map)),
            Raw::List(_) => Err(de::Error::custom("a text or a map is meant here, not a list")),
        }
    }
}

/// One text or a list of texts; all of a list of conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct OneOrMany(pub Vec<At<String>>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let at = At::<Raw<At<String>, de::IgnoredAny>>::deserialize(d)?;
        match at.value {
            Raw::Scalar(value) => Ok(OneOrMany(vec![At { value, place: at.place }])),
            Raw::List(items) => Ok(OneOrMany(items)),
            Raw::Map(_) => Err(de::Error::custom("a text or a list of texts is meant here; an expression with `{` stands in quotes")),
        }
    }
}

/// An expression, or a list of cases.
#[derive(Clone, Debug)]
pub enum DeriveFile {
    /// One expression.
    Is(At<String>),
    /// The first case that holds.
    Cases(Vec<DeriveCase>),
}

/// One case of a derivation.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeriveCase {
    /// Conditions; none: always.
    #[serde(default)]
    pub when: OneOrMany,
    /// The value.
    pub is: At<String>,
}

impl<'de> Deserialize<'de> for DeriveFile {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let at = At::<Raw<DeriveCase, de::IgnoredAny>>::deserialize(d)?;
        match at.value {
            Raw::Scalar(value) => Ok(DeriveFile::Is(At { value, place: at.place })),
            Raw::List(cases) => Ok(DeriveFile::Cases(cases)),
            Raw::Map(_) => Err(de::Error::custom("an expression or a list of { when, is } is meant here")),
        }
    }
}

/// A message, or a list of cases.
#[derive(Clone, Debug)]
pub enum SayFile {
    /// One message.
    Is(At<String>),
    /// The first case that holds.
    Cases(Vec<SayCase>),
}

/// One case of a message.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SayCase {
    /// Conditions; none: always.
    #[serde(default)]
    pub when: OneOrMany,
    /// The message.
    pub say: At<String>,
}

impl SayFile {
    /// All messages with their conditions.
    pub fn cases(&self) -> Vec<(&[At<String>], &At<String>)> {
        match self {
            SayFile::Is(say) => vec![(&[], say)],
            SayFile::Cases(cases) => cases.iter().map(|c| (&c.when.0[..], &c.say)).collect(),
        }
    }
}

impl<'de> Deserialize<'de> for SayFile {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let at = At::<Raw<SayCase, de::IgnoredAny>>::deserialize(d)?;
        match at.value {
            Raw::Scalar(value) => Ok(SayFile::Is(At { value, place: at.place })),
            Raw::List(cases) => Ok(SayFile::Cases(cases)),
            Raw::Map(_) => Err(de::Error::custom("a message or a list of { when, say } is meant here")),
        }
    }
}
