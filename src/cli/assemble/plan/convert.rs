//! Parts of the plan model in; the same parts in the report's words, with their units, out.

use crate::plan::model::{Blocks, Buffers, Has, Jit, Plan, Property, Serialization, Trigger, Usage, Value};
use crate::report::model::{
    PlanBuffers, PlanIo, PlanJit, PlanOptions, PlanProperty, PlanSerialization, PlanSetting, PlanTrigger, PlanUsage,
    PlanValue, PlanWal,
};

/// What a JSON number can hold; a damaged plan may say `rows=1e999`.
pub fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn count(value: f64) -> f64 {
    finite(value).unwrap_or(0.0)
}

pub fn options(has: &Has) -> PlanOptions {
    PlanOptions {
        costs: has.costs,
        analyze: has.analyze,
        timing: has.timing,
        buffers: has.buffers,
        wal: has.wal,
        io_timing: has.io_timing,
        verbose: has.verbose,
        fractional_rows: has.fractional_rows,
    }
}

pub fn settings(plan: &Plan) -> Vec<PlanSetting> {
    let settings = plan.settings.iter();
    settings.map(|(name, value)| PlanSetting { name: name.to_string(), value: value.to_string() }).collect()
}

pub fn trigger(t: &Trigger) -> PlanTrigger {
    PlanTrigger {
        name: t.name.clone(),
        constraint: t.constraint.clone(),
        relation: t.relation.clone(),
        ms: t.ms.and_then(finite),
        calls: count(t.calls),
    }
}

pub fn jit(jit: &Jit) -> PlanJit {
    PlanJit {
        functions: count(jit.functions),
        inlining: jit.inlining,
        optimization: jit.optimization,
        expressions: jit.expressions,
        deforming: jit.deforming,
        generation_ms: jit.generation_ms.and_then(finite),
        deform_ms: jit.deform_ms.and_then(finite),
        inlining_ms: jit.inlining_ms.and_then(finite),
        optimization_ms: jit.optimization_ms.and_then(finite),
        emission_ms: jit.emission_ms.and_then(finite),
        total_ms: jit.total_ms.and_then(finite),
    }
}

pub fn serialization(s: &Serialization, has: &Has) -> PlanSerialization {
    PlanSerialization {
        ms: s.ms.and_then(finite),
        output_kb: count(s.output_kb),
        format: s.format.clone(),
        usage: usage(&s.usage.usage(), has),
    }
}

pub fn property(p: &Property) -> PlanProperty {
    let value = match &p.value {
        Value::Text(text) => PlanValue::Text(text.to_string()),
        Value::Number(number) if number.is_finite() => PlanValue::Number(*number),
        Value::Number(number) => PlanValue::Text(number.to_string()),
        Value::Flag(flag) => PlanValue::Flag(*flag),
    };
    PlanProperty { name: p.key.name().into(), value }
}

pub fn usage(u: &Usage, has: &Has) -> PlanUsage {
    PlanUsage {
        buffers: has.buffers.then(|| buffers(&u.buffers)),
        io: has.io_timing.then(|| PlanIo {
            shared_read_ms: count(u.io.shared_read),
            shared_write_ms: count(u.io.shared_write),
            local_read_ms: count(u.io.local_read),
            local_write_ms: count(u.io.local_write),
            temp_read_ms: count(u.io.temp_read),
            temp_write_ms: count(u.io.temp_write),
        }),
        wal: has.wal.then(|| PlanWal {
            records: count(u.wal.records),
            full_page_images: count(u.wal.fpi),
            bytes: count(u.wal.bytes),
            buffers_full: count(u.wal.buffers_full),
            full_page_image_bytes: count(u.wal.fpi_bytes),
        }),
    }
}

fn buffers(b: &Buffers) -> PlanBuffers {
    let Blocks { hit, read, dirtied, written } = b.shared;
    PlanBuffers {
        shared_hit_blocks: count(hit),
        shared_read_blocks: count(read),
        shared_dirtied_blocks: count(dirtied),
        shared_written_blocks: count(written),
        local_hit_blocks: count(b.local.hit),
        local_read_blocks: count(b.local.read),
        local_dirtied_blocks: count(b.local.dirtied),
        local_written_blocks: count(b.local.written),
        temp_read_blocks: count(b.temp_read),
        temp_written_blocks: count(b.temp_written),
    }
}
