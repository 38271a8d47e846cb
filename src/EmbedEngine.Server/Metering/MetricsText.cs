// Metrics as Prometheus reads them: what our meters tell, listened to, kept and written by prometheus-net.
// Its own adapter of meters is not used: it gives counters as gauges, puts the meter's name before each
// name, and adds a metric of itself (docs/decisions/0012-serve.md).

using System.Diagnostics.Metrics;
using System.Globalization;
using Prometheus;

namespace EmbedEngine.Server.Metering;

/// <summary>
/// Listens to meters from now on. Thread-safe: measurements come from any thread, collections one by one.
/// </summary>
internal sealed class MetricsText : IDisposable
{
    /// <summary>The text format's media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;
    private readonly MeterListener _listener = new();
    private readonly SemaphoreSlim _collecting = new(1, 1);
    private readonly List<Series> _series = [];

    /// <summary>Begins to listen.</summary>
    /// <param name="meters">Names of the meters.</param>
    public MetricsText(params string[] meters)
    {
        _factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!meters.Contains(instrument.Meter.Name)) return;
            var series = Series.Of(instrument, _factory);
            lock (_series) _series.Add(series);
            listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.SetMeasurementEventCallback<double>(
            (_, value, tags, state) => ((Series)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(
            (_, value, tags, state) => ((Series)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Everything that was measured, as text.</summary>
    public async Task<byte[]> Collect()
    {
        await _collecting.WaitAsync().ConfigureAwait(false);
        try
        {
            Series[] all;
            lock (_series) all = [.. _series];
            foreach (Series series in all) series.Begin();
            _listener.RecordObservableInstruments();
            foreach (Series series in all) series.End();
            using var text = new MemoryStream();
            await _registry.CollectAndExportAsTextAsync(text).ConfigureAwait(false);
            return text.ToArray();
        }
        finally
        {
            _collecting.Release();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _collecting.Dispose();
    }

    /// <summary>
    /// One instrument: a metric of its name, made when its labels are first known. What was measured before
    /// under the same labels is found without allocating: requests measure themselves.
    /// </summary>
    private abstract class Series
    {
        private readonly Lock _gate = new();
        private Entry[] _entries = [];

        protected sealed class Entry(string[] values, object child)
        {
            public string[] Values { get; } = values;

            public object Child { get; } = child;

            public bool IsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
            {
                if (tags.Length != Values.Length) return false;
                for (int i = 0; i < Values.Length; i++)
                    if (tags[i].Value is not string value || value != Values[i]) return false;
                return true;
            }
        }

        public static Series Of(Instrument instrument, MetricFactory factory) => instrument switch
        {
            Histogram<double> histogram => new HistogramSeries(histogram, factory),
            Counter<long> => new CounterSeries(instrument, factory),
            _ => new GaugeSeries(instrument, factory),
        };

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (Entry entry in Volatile.Read(ref _entries))
            {
                if (!entry.IsOf(tags)) continue;
                Record(entry, value);
                return;
            }
            Record(Add(tags), value);
        }

        private Entry Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var (labels, values) = (new string[tags.Length], new string[tags.Length]);
            for (int i = 0; i < tags.Length; i++)
            {
                labels[i] = tags[i].Key;
                values[i] = Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "";
            }
            lock (_gate)
            {
                var added = new Entry(values, Child(labels, values));
                _entries = [.. _entries, added];
                return added;
            }
        }

        /// <summary>Takes out what is no longer told of.</summary>
        protected void Keep(Func<Entry, bool> isTold)
        {
            lock (_gate) _entries = [.. _entries.Where(isTold)];
        }

        protected IReadOnlyList<Entry> Entries => Volatile.Read(ref _entries);

        /// <summary>A collection begins.</summary>
        public virtual void Begin()
        {
        }

        /// <summary>What was observable has been observed.</summary>
        public virtual void End()
        {
        }

        /// <summary>What counts under these labels; of the first ones the metric is made.</summary>
        protected abstract object Child(string[] labels, string[] values);

        protected abstract void Record(Entry entry, double value);
    }

    private sealed class HistogramSeries(Histogram<double> of, MetricFactory factory) : Series
    {
        private Prometheus.Histogram? _metric;

        protected override object Child(string[] labels, string[] values)
        {
            _metric ??= factory.CreateHistogram(
                of.Name, of.Description ?? "", labels, new HistogramConfiguration
                {
                    Buckets = [.. of.Advice?.HistogramBucketBoundaries ?? [.001, .01, .1, 1]],
                });
            return _metric.WithLabels(values);
        }

        protected override void Record(Entry entry, double value) =>
            ((IHistogram)entry.Child).Observe(value);
    }

    private sealed class CounterSeries(Instrument of, MetricFactory factory) : Series
    {
        private Counter? _metric;

        protected override object Child(string[] labels, string[] values)
        {
            _metric ??= factory.CreateCounter(of.Name, of.Description ?? "", labels);
            return _metric.WithLabels(values);
        }

        protected override void Record(Entry entry, double value) => ((ICounter)entry.Child).Inc(value);
    }

    /// <summary>What a collection does not tell of any more, such as a closed store, is no longer there.
    /// </summary>
    private sealed class GaugeSeries(Instrument of, MetricFactory factory) : Series
    {
        private readonly HashSet<Entry> _told = [];
        private Gauge? _metric;

        public override void Begin() => _told.Clear();

        public override void End()
        {
            foreach (Entry entry in Entries)
                if (!_told.Contains(entry)) _metric!.RemoveLabelled(entry.Values);
            Keep(_told.Contains);
        }

        protected override object Child(string[] labels, string[] values)
        {
            _metric ??= factory.CreateGauge(of.Name, of.Description ?? "", labels);
            return _metric.WithLabels(values);
        }

        protected override void Record(Entry entry, double value)
        {
            ((IGauge)entry.Child).Set(value);
            _told.Add(entry);
        }
    }
}
