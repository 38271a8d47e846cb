// Gauges of the stores that are open in this process, read when somebody collects. What cannot be read is not
// told: a collection never fails because of a store.

using System.Diagnostics.Metrics;

namespace EmbedEngine;

/// <summary>Gauges of open stores, each under the name of its directory (<c>store</c>).</summary>
internal sealed class StoreGauges
{
    private readonly Lock _gate = new();
    private WeakReference<Engine>[] _engines = [];

    public StoreGauges(Meter meter)
    {
        Create(meter, "embedengine_model_version", null, "Version that answers.", m => m.ModelVersion);
        Create(
            meter, "embedengine_model_age_seconds", "s", "Seconds since the version that answers was made.",
            m => m.ModelAgeSeconds);
        Create(
            meter, "embedengine_model_items", null, "Items of the version that answers.",
            m => m.ModelItems);
        Create(
            meter, "embedengine_store_problem", null,
            "1 where the active version cannot be opened, so that another one or none answers; else 0.",
            m => m.HasProblem);
        Create(
            meter, "embedengine_log_pending_events", null,
            "Observed events that no import or training has taken up yet, of all processes.",
            m => m.PendingEvents);
        Create(
            meter, "embedengine_log_pending_bytes", null, "Bytes of those in the live logs.",
            m => m.PendingBytes);
        Create(meter, "embedengine_log_events", null, "Events in the log.", m => m.Events);
        Create(meter, "embedengine_log_bytes", null, "Bytes of the log.", m => m.LogBytes);
        Create(meter, "embedengine_store_items", null, "Items ever seen.", m => m.Items);
        Create(meter, "embedengine_store_users", null, "Users ever seen.", m => m.Users);
        Create(meter, "embedengine_store_versions", null, "Versions kept.", m => m.Versions);
        Create(
            meter, "embedengine_artifact_bytes", null, "Bytes of all versions' artifacts.",
            m => m.ArtifactBytes);
    }

    public void Add(Engine engine)
    {
        lock (_gate)
            _engines = [.. _engines.Where(e => e.TryGetTarget(out _)), new WeakReference<Engine>(engine)];
    }

    public void Remove(Engine engine)
    {
        lock (_gate)
            _engines = [.. _engines.Where(e => e.TryGetTarget(out Engine? open) && open != engine)];
    }

    private void Create(
        Meter meter, string name, string? unit, string description, Func<StoreMeasures, double?> read) =>
        meter.CreateObservableGauge(name, () => Measure(read), unit, description);

    private List<Measurement<double>> Measure(Func<StoreMeasures, double?> read)
    {
        var measured = new List<Measurement<double>>();
        foreach (WeakReference<Engine> reference in Volatile.Read(ref _engines))
        {
            if (!reference.TryGetTarget(out Engine? engine)) continue;
            if (read(engine.Measures()) is not { } value) continue;
            measured.Add(new Measurement<double>(
                value, new KeyValuePair<string, object?>("store", Path.GetFileName(engine.Path))));
        }
        return measured;
    }
}
