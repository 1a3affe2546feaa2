//! What a test traces, as text. The crates whose tests read it share this file.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Captures what this thread traces, for as long as it lives.
pub(crate) struct Traced {
    captured: Captured,
    _guard: DefaultGuard,
}

impl Traced {
    /// The whole program gets a subscriber as well: a thread without any could switch a span off for all, if it came
    /// there first.
    pub(crate) fn from_here() -> Self {
        static OF_THE_PROGRAM: Once = Once::new();
        OF_THE_PROGRAM.call_once(|| tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap());
        let captured = Captured::default();
        let subscriber = tracing_subscriber::registry().with(captured.clone());
        Self {
            captured,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    /// All of it so far.
    pub(crate) fn text(&self) -> String {
        self.captured.0.lock().unwrap().clone()
    }
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<String>>);

impl Captured {
    fn take(&self, what: &str, record: impl FnOnce(&mut dyn Visit)) {
        let mut text = self.0.lock().unwrap();
        text.push_str(what);
        record(&mut Writer(&mut text));
        text.push('\n');
    }
}

struct Writer<'a>(&'a mut String);

impl Visit for Writer<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl<S: tracing::Subscriber> Layer<S> for Captured {
    fn on_new_span(&self, span: &tracing::span::Attributes<'_>, _: &tracing::span::Id, _: Context<'_, S>) {
        let name = format!("{} span {}", span.metadata().target(), span.metadata().name());
        self.take(&name, |writer| span.record(writer));
    }

    fn on_record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>, _: Context<'_, S>) {
        self.take("record", |writer| values.record(writer));
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        self.take(event.metadata().target(), |writer| event.record(writer));
    }
}
