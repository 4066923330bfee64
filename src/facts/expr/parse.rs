//! Reads an expression: the syntax of Jinja expressions, and nothing else of Jinja.

use super::ast::{Arith, Compare, Node, What};
use super::lex::{Mistake, Token, lex};
use crate::facts::decl::Name;
use crate::facts::filters::{self, Filter};
use crate::facts::unit::Unit;
use crate::facts::value::{Number, Quantity, Value};
use regex::RegexBuilder;

/// Longest expression in bytes.
pub const MAX_LENGTH: usize = 1024;
/// Deepest nesting.
pub const MAX_DEPTH: usize = 32;

/// Parses an expression. The error names a byte offset.
pub fn parse(text: &str) -> Result<Node, Mistake> {
    if text.len() > MAX_LENGTH {
        return Err(Mistake { at: MAX_LENGTH, say: format!("longer than {MAX_LENGTH} bytes") });
    }
    let tokens = lex(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0, depth: 0, end: text.len() };
    let node = parser.or()?;
    match parser.tokens.get(parser.next) {
        None => Ok(node),
        Some((at, Token::Mark("="))) => Err(Mistake { at: *at, say: "`=` compares nothing; write `==`".into() }),
        Some((at, token)) => Err(Mistake { at: *at, say: format!("{} is not expected here", name_of(token)) }),
    }
}

struct Parser<'a> {
    tokens: &'a [(usize, Token)],
    next: usize,
    depth: usize,
    end: usize,
}

type Parsed = Result<Node, Mistake>;

fn name_of(token: &Token) -> String {
    match token {
        Token::Name(n) => format!("`{n}`"),
        Token::Mark(m) => format!("`{m}`"),
        Token::Text(t) => format!("the text '{t}'"),
        _ => "a number".into(),
    }
}

fn node(at: usize, what: What) -> Node {
    Node { at, what }
}

impl Parser<'_> {
    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |t| t.0)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|t| &t.1)
    }

    fn mark(&mut self, mark: &str) -> bool {
        let hit = matches!(self.peek(), Some(Token::Mark(m)) if *m == mark);
        self.next += usize::from(hit);
        hit
    }

    fn word(&mut self, word: &str) -> bool {
        let hit = matches!(self.peek(), Some(Token::Name(n)) if n == word);
        self.next += usize::from(hit);
        hit
    }

    fn need(&mut self, mark: &'static str) -> Result<(), Mistake> {
        let at = self.at();
        if self.mark(mark) { Ok(()) } else { Err(Mistake { at, say: format!("`{mark}` is missing") }) }
    }

    fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, Mistake>) -> Result<T, Mistake> {
        if self.depth >= MAX_DEPTH {
            return Err(Mistake { at: self.at(), say: format!("nested deeper than {MAX_DEPTH}") });
        }
        self.depth += 1;
        let out = f(self);
        self.depth -= 1;
        out
    }

    fn or(&mut self) -> Parsed {
        self.deeper(|p| {
            let mut left = p.and()?;
            while p.word("or") {
                let right = p.and()?;
                left = node(left.at, What::Or(Box::new(left), Box::new(right)));
            }
            Ok(left)
        })
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.not()?;
        while self.word("and") {
            let right = self.not()?;
            left = node(left.at, What::And(Box::new(left), Box::new(right)));
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed {
        let at = self.at();
        if self.word("not") {
            return self.deeper(|p| Ok(node(at, What::Not(Box::new(p.not()?)))));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parsed {
        let left = self.sum()?;
        let mut rest = Vec::new();
        loop {
            let compare = match self.peek() {
                Some(Token::Mark("==")) => Compare::Equal,
                Some(Token::Mark("!=")) => Compare::NotEqual,
                Some(Token::Mark("<")) => Compare::Less,
                Some(Token::Mark("<=")) => Compare::LessEqual,
                Some(Token::Mark(">")) => Compare::Greater,
                Some(Token::Mark(">=")) => Compare::GreaterEqual,
                _ => break,
            };
            self.next += 1;
            rest.push((compare, self.sum()?));
        }
        if !rest.is_empty() {
            return Ok(node(left.at, What::Compare(Box::new(left), rest)));
        }
        if self.word("is") {
            let negative = self.word("not");
            let at = self.at();
            if !self.word("matching") {
                return Err(Mistake { at, say: "after `is` only `matching('...')` is known".into() });
            }
            self.need("(")?;
            let pattern = self.text_argument()?;
            self.need(")")?;
            let regex = self.regex(at, &pattern)?;
            return Ok(node(left.at, What::Matching(Box::new(left), regex, negative)));
        }
        let negative =
            matches!((self.peek(), self.tokens.get(self.next + 1).map(|t| &t.1)), (Some(Token::Name(a)), Some(Token::Name(b))) if a == "not" && b == "in");
        if negative {
            self.next += 1;
        }
        if self.word("in") {
            let right = self.sum()?;
            return Ok(node(left.at, What::In(Box::new(left), Box::new(right), negative)));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let op = match self.peek() {
                Some(Token::Mark("+")) => Arith::Add,
                Some(Token::Mark("-")) => Arith::Subtract,
                _ => return Ok(left),
            };
            self.next += 1;
            let right = self.product()?;
            left = node(left.at, What::Arithmetic(Box::new(left), op, Box::new(right)));
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.unary()?;
        loop {
            let op = match self.peek() {
                Some(Token::Mark("*")) => Arith::Multiply,
                Some(Token::Mark("/")) => Arith::Divide,
                Some(Token::Mark("//")) => Arith::FloorDivide,
                Some(Token::Mark("%")) => Arith::Remainder,
                _ => return Ok(left),
            };
            self.next += 1;
            let right = self.unary()?;
            left = node(left.at, What::Arithmetic(Box::new(left), op, Box::new(right)));
        }
    }

    fn unary(&mut self) -> Parsed {
        let at = self.at();
        if self.mark("-") {
            return self.deeper(|p| Ok(node(at, What::Negative(Box::new(p.unary()?)))));
        }
        self.power()
    }

    fn power(&mut self) -> Parsed {
        let base = self.filtered()?;
        if self.mark("**") {
            let exponent = self.deeper(|p| p.unary())?;
            return Ok(node(base.at, What::Arithmetic(Box::new(base), Arith::Power, Box::new(exponent))));
        }
        Ok(base)
    }

    fn filtered(&mut self) -> Parsed {
        let mut left = self.primary()?;
        while self.mark("|") {
            let at = self.at();
            let Some(Token::Name(name)) = self.peek().cloned() else {
                return Err(Mistake { at, say: "the name of a filter is missing".into() });
            };
            self.next += 1;
            let arguments = if self.mark("(") { self.arguments()? } else { Vec::new() };
            let filter = self.filter(at, &name, arguments)?;
            left = node(left.at, What::Filter(Box::new(left), filter));
        }
        Ok(left)
    }

    fn primary(&mut self) -> Parsed {
        let at = self.at();
        let Some(token) = self.peek().cloned() else {
            return Err(Mistake { at, say: "the expression ends too early".into() });
        };
        self.next += 1;
        let what = match token {
            Token::Int(i) => What::Constant(Value::int(i)),
            Token::Real(r) => What::Constant(Value::Number(Quantity::new(Number::Real(r), Unit::One))),
            Token::Hex(h) => What::Constant(Value::Hex(h)),
            Token::Text(t) => What::Constant(Value::text(t)),
            Token::Name(n) => match n.as_str() {
                "true" | "True" => What::Constant(Value::Flag(true)),
                "false" | "False" => What::Constant(Value::Flag(false)),
                "and" | "or" | "in" | "is" | "not" => {
                    return Err(Mistake { at, say: format!("`{n}` is not expected here") });
                }
                _ => What::Fact(Name::from(n.as_str())),
            },
            Token::Mark("(") => {
                let inner = self.or()?;
                self.need(")")?;
                return Ok(inner);
            }
            Token::Mark("[") => {
                let mut items = Vec::new();
                while !self.mark("]") {
                    items.push(self.or()?);
                    if !self.mark(",") {
                        self.need("]")?;
                        break;
                    }
                }
                What::List(items)
            }
            other => return Err(Mistake { at, say: format!("{} is not expected here", name_of(&other)) }),
        };
        Ok(node(at, what))
    }

    fn text_argument(&mut self) -> Result<String, Mistake> {
        let at = self.at();
        match self.peek().cloned() {
            Some(Token::Text(t)) => {
                self.next += 1;
                Ok(t)
            }
            _ => Err(Mistake { at, say: "a text in quotes is missing".into() }),
        }
    }

    /// Arguments of a filter: constants, or `name='text'`.
    fn arguments(&mut self) -> Result<Vec<(Option<String>, Value)>, Mistake> {
        let mut out = Vec::new();
        while !self.mark(")") {
            let mut name = None;
            if let (Some(Token::Name(n)), Some((_, Token::Mark("=")))) = (self.peek().cloned(), self.tokens.get(self.next + 1)) {
                self.next += 2;
                name = Some(n);
            }
            let at = self.at();
            let negative = self.mark("-");
            let value = match self.primary()?.what {
                What::Constant(Value::Number(q)) if negative => {
                    let number = match q.number {
                        Number::Int(i) => Number::Int(-i),
                        Number::Real(r) => Number::Real(-r),
                    };
                    Value::Number(Quantity { number, ..q })
                }
                What::Constant(value) if !negative => value,
                _ => return Err(Mistake { at, say: "arguments of a filter are constants".into() }),
            };
            out.push((name, value));
            if !self.mark(",") {
                self.need(")")?;
                break;
            }
        }
        Ok(out)
    }

    fn filter(&self, at: usize, name: &str, arguments: Vec<(Option<String>, Value)>) -> Result<Filter, Mistake> {
        filters::named(name, arguments, &|pattern| self.regex(at, pattern).map_err(|m| m.say)).map_err(|say| Mistake { at, say })
    }

    fn regex(&self, at: usize, pattern: &str) -> Result<regex::Regex, Mistake> {
        RegexBuilder::new(pattern)
            .size_limit(1 << 20)
            .build()
            .map_err(|e| Mistake { at, say: format!("this pattern does not compile: {}", last_line(&e.to_string())) })
    }
}

fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or("").trim_start_matches("error: ").to_string()
}
