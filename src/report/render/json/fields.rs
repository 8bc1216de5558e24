//! A struct in; its fields, one after the other as serde gives them, out: of nothing else is anything written.

use std::fmt::Display;
use std::io;

use serde::Serialize;
use serde::ser::{self, Impossible, SerializeStruct, Serializer};

/// What is done with each field.
pub(super) trait Take {
    fn take<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> io::Result<()>;
}

pub(super) fn each(of: &impl Serialize, take: &mut impl Take) -> io::Result<()> {
    of.serialize(Fields(take)).map_err(|Fault(error)| error)
}

struct Fields<'t, W>(&'t mut W);

#[derive(Debug)]
struct Fault(io::Error);

impl Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Fault(io::Error::other(message.to_string()))
    }
}

impl<W: Take> SerializeStruct for Fields<'_, W> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Fault> {
        self.0.take(name, value).map_err(Fault)
    }

    fn end(self) -> Result<(), Fault> {
        Ok(())
    }
}

fn no_struct<T>() -> Result<T, Fault> {
    Err(ser::Error::custom("only a struct has fields"))
}

macro_rules! none {
    ($($method:ident($($kind:ty),*) -> $gives:ty;)*) => {
        $(fn $method(self, $(_: $kind),*) -> Result<$gives, Fault> { no_struct() })*
    };
}

impl<W: Take> Serializer for Fields<'_, W> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Impossible<(), Fault>;
    type SerializeTuple = Impossible<(), Fault>;
    type SerializeTupleStruct = Impossible<(), Fault>;
    type SerializeTupleVariant = Impossible<(), Fault>;
    type SerializeMap = Impossible<(), Fault>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), Fault>;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Fault> {
        Ok(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), Fault> {
        no_struct()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<(), Fault> {
        no_struct()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Fault> {
        no_struct()
    }

    none! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}
