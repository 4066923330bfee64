//! What was read as plain, as serde asks for it. Whatever does not fit is left to the YAML crate, which is asked next and
//! says what is wrong.

use super::{Node, Scalar};
use crate::text::place::{Place, here};
use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;

/// It is not plain, or does not fit.
#[derive(Debug)]
pub(super) struct NotPlain;

impl std::fmt::Display for NotPlain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not plain")
    }
}

impl std::error::Error for NotPlain {}

impl de::Error for NotPlain {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        NotPlain
    }
}

impl<'t> Scalar<'t> {
    fn text<V: Visitor<'t>>(&self, visitor: V) -> Result<V::Value, NotPlain> {
        match &self.text {
            _ if self.ambiguous && self.digits().is_none() && self.flag().is_none() => Err(NotPlain),
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_str(text),
        }
    }

    fn flag(&self) -> Option<bool> {
        (self.ambiguous && matches!(&*self.text, "true" | "false")).then(|| self.text == "true")
    }

    /// A number of few digits, which is the same to everybody.
    fn digits(&self) -> Option<u64> {
        let is_plain = self.ambiguous && self.text.len() <= 9 && self.text.bytes().all(|b| b.is_ascii_digit());
        self.text.parse().ok().filter(|_| is_plain && (self.text == "0" || !self.text.starts_with('0')))
    }
}

macro_rules! numbers {
    ($($ask:ident)*) => {
        $(fn $ask<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, NotPlain> {
            match self {
                Node::Scalar(s) => visitor.visit_u64(s.digits().ok_or(NotPlain)?),
                _ => Err(NotPlain),
            }
        })*
    };
}

macro_rules! texts {
    ($($ask:ident)*) => {
        $(fn $ask<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, NotPlain> {
            match self {
                Node::Scalar(s) => s.text(visitor),
                _ => Err(NotPlain),
            }
        })*
    };
}

impl<'t> Deserializer<'t> for &Node<'t> {
    type Error = NotPlain;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        match self {
            Node::Scalar(s) => match (s.digits(), s.flag()) {
                (Some(number), _) => visitor.visit_u64(number),
                (_, Some(flag)) => visitor.visit_bool(flag),
                _ => s.text(visitor),
            },
            Node::List(items) => visitor.visit_seq(Items(items.iter())),
            Node::Map(entries) => visitor.visit_map(Entries { rest: entries.iter(), value: None }),
        }
    }

    texts! { deserialize_str deserialize_string deserialize_identifier deserialize_char }
    numbers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 }

    fn deserialize_bool<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        match self {
            Node::Scalar(s) => visitor.visit_bool(s.flag().ok_or(NotPlain)?),
            _ => Err(NotPlain),
        }
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, _: &'static str, visitor: V) -> Result<V::Value, NotPlain> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        if matches!(self, Node::List(_)) { self.deserialize_any(visitor) } else { Err(NotPlain) }
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        if matches!(self, Node::Map(_)) { self.deserialize_any(visitor) } else { Err(NotPlain) }
    }

    fn deserialize_struct<V: Visitor<'t>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, NotPlain> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'t>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, NotPlain> {
        match self {
            Node::Scalar(s) if !s.ambiguous => visitor.visit_enum(StrDeserializer::new(&s.text)),
            _ => Err(NotPlain),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { <V: Visitor<'t>>
        i128 u128 f32 f64 bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

/// A value is about to be read: if it has a place, this is it.
fn stand_at(node: &Node<'_>) {
    here(Some(if let Node::Scalar(s) = node { s.place } else { Place::default() }));
}

struct Items<'n, 't>(std::slice::Iter<'n, Node<'t>>);

impl<'t> SeqAccess<'t> for Items<'_, 't> {
    type Error = NotPlain;

    fn next_element_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, NotPlain> {
        let Some(node) = self.0.next() else { return Ok(None) };
        stand_at(node);
        seed.deserialize(node).map(Some)
    }
}

struct Entries<'n, 't> {
    rest: std::slice::Iter<'n, (Scalar<'t>, Node<'t>)>,
    value: Option<&'n Node<'t>>,
}

impl<'t> MapAccess<'t> for Entries<'_, 't> {
    type Error = NotPlain;

    fn next_key_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, NotPlain> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        here(Some(key.place));
        match &key.text {
            Cow::Borrowed(text) => seed.deserialize(BorrowedStrDeserializer::new(text)),
            Cow::Owned(text) => seed.deserialize(text.as_str().into_deserializer()),
        }
        .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<S::Value, NotPlain> {
        let node = self.value.take().ok_or(NotPlain)?;
        stand_at(node);
        seed.deserialize(node)
    }
}
