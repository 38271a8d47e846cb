using System.Globalization;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>The checks of one run, as they are made.</summary>
internal sealed class HealthList
{
    public static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public List<HealthCheck> Checks { get; } = [];

    /// <summary>A value that must not be above its threshold.</summary>
    public void AtMost(
        string name, string measure, double value, double threshold, string source, string remedy) =>
        Add(name, measure, value, threshold, value <= threshold, source, remedy);

    /// <summary>A value that must not be below its threshold.</summary>
    public void AtLeast(
        string name, string measure, double value, double threshold, string source, string remedy) =>
        Add(name, measure, value, threshold, value >= threshold, source, remedy);

    private void Add(
        string name, string measure, double value, double threshold, bool ok, string source, string remedy) =>
        Checks.Add(new HealthCheck
        {
            Name = name, Measure = measure, Value = value, Threshold = threshold, Ok = ok, Source = source,
            Remedy = remedy,
        });
}
