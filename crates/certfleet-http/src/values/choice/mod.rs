//! A JSON value that is one of several types, told apart by a tag or by what it looks like. Generated code
//! describes every `oneOf` and `anyOf` with these types.

mod read;
mod shape;
mod unrepeated;

pub use read::{Choice, ReadAlternative, Tag, read_alternative};
pub use shape::{Format, Length, Object, Range, Rest, Shape, Text};
