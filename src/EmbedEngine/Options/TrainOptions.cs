namespace EmbedEngine;

/// <summary>How much work training does.</summary>
public enum TrainPreset
{
    /// <summary>Smaller vectors, fewer passes: about a fifth of balanced.</summary>
    Fast = 0,

    /// <summary>The measured defaults.</summary>
    Balanced = 1,

    /// <summary>Larger vectors and more passes: about twice balanced.</summary>
    Best = 2,
}

/// <summary>
/// Options of <see cref="Engine.Train"/>. Every default is what was measured to serve best. Settings are
/// given by property, or by name in <see cref="Settings"/>; <see cref="SettingTable"/> lists them.
/// </summary>
public sealed partial record TrainOptions
{
    /// <summary>How much work; default balanced.</summary>
    public TrainPreset Preset { get; init; } = TrainPreset.Balanced;

    /// <summary>Name of the new version; null = <c>v</c> and its number. 1 to 128 characters.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Sessions that start at or after this time (ms since 1970) measure the version; null = the 90th
    /// percentile of session ends, or the last tenth of the file where the log has no times. They are trained
    /// on in the end.
    /// </summary>
    public long? UntilMs { get; init; }

    private readonly Dictionary<string, object> _values = [];

    /// <summary>
    /// Settings by name, as C, CLI and Python give them, for example <c>dimensions</c> = <c>64</c>. A
    /// property wins over the same setting here.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Threads; 0 = all the process may use.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Equal input, seed and options make equal artifact digests, at any number of threads.
    /// </summary>
    public bool Deterministic { get; init; }

    /// <summary>Seed of everything random; default 42.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Whether the new version becomes the active one; default true.</summary>
    public bool Publish { get; init; } = true;

    /// <summary>
    /// What the new version must not be worse than; default none. One that is stays unpublished, and
    /// <see cref="ModelVersion.Gate"/> says why. Costs two builds more where the active version has seen
    /// every session there is.
    /// </summary>
    public PublishGate Gate { get; init; }

    /// <summary>
    /// At most this many held-out sessions are evaluated, taken evenly; 0 = all. Default 10,000.
    /// </summary>
    public int MeasureSessions { get; init; } = 10_000;

    /// <summary>Options that train a version again as a manifest says one was trained.</summary>
    /// <param name="manifest"><see cref="ModelVersion.Manifest"/>; needs the same log and actions.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: this is no manifest; <see
    /// cref="ErrorCode.InvalidArgument"/>: it is of a build that did not record every setting.</exception>
    public static TrainOptions FromManifest(string manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return Pipelines.Versions.Manifest.ReadOptions(manifest);
    }

    /// <summary>Settings given by property, by name.</summary>
    internal IReadOnlyDictionary<string, object> Values => _values;

    /// <summary>Whether the caller set it, in either way.</summary>
    internal bool Sets(string setting) => _values.ContainsKey(setting) || Settings.ContainsKey(setting);

    private object? Get(string setting) => _values.GetValueOrDefault(setting);

    /// <summary>Copies first: the options that these were made from with <c>with</c> keep theirs.</summary>
    private Dictionary<string, object> With(string setting, object? value)
    {
        var values = new Dictionary<string, object>(_values);
        if (value is null) values.Remove(setting);
        else values[setting] = value;
        return values;
    }

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentException">Names the option.</exception>
    public void Validate()
    {
        if (Name is not null && (Name.Length is 0 or > 128 || Name.Any(char.IsControl)))
            throw new ArgumentException("Name must have 1 to 128 printable characters");
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Threads, 1024);
        ArgumentOutOfRangeException.ThrowIfNegative(MeasureSessions);
        ArgumentOutOfRangeException.ThrowIfNegative(UntilMs ?? 0, nameof(UntilMs));
        if (!Enum.IsDefined(Preset))
            throw new ArgumentOutOfRangeException(nameof(Preset), Preset, "is not a preset");
        if (!Enum.IsDefined(Gate)) throw new ArgumentOutOfRangeException(nameof(Gate), Gate, "is no gate");
        _ = TrainSettings.Resolve(this);
    }
}
