using Microsoft.AspNetCore.Routing;

namespace EmbedEngine.Server;

/// <summary>How <see cref="EmbedEngineEndpoints.MapEmbedEngine(IEndpointRouteBuilder, Engine,
/// ServeOptions)"/> serves. The defaults suit a host that has its own authentication.</summary>
public sealed record ServeOptions
{
    /// <summary>
    /// Keys of which a request must bring one, as <c>Authorization: Bearer KEY</c> or <c>X-API-Key: KEY</c>;
    /// each at least 16 characters. Empty (default) = none is asked for. The pages of health, the description
    /// and the playground ask for none.
    /// </summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>
    /// Names that the Host header may have, without a port; the address that a request came to is always one.
    /// Null (default) = any: the host checks it itself.
    /// </summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>Requests answered at once, at least 1; one more is told to come again (429). Default 64.
    /// </summary>
    public int MaxConcurrency { get; init; } = 64;

    /// <summary>Bytes of a request's body, 1 KiB to 1 GiB; a longer one is refused (413). Default 1 MiB.
    /// </summary>
    public int MaxBodyBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of all bodies that are being read, at least one of the longest; beyond that a request
    /// is told to come again (429). Default 64 MiB.</summary>
    public long MaxBufferedBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Bytes of all answers above 64 KiB that wait to be sent, at least 1 MiB; beyond that a request whose
    /// answer is as long is told to come again (429). Default 64 MiB.
    /// </summary>
    public long MaxUnsentBytes { get; init; } = 64 << 20;

    /// <summary>How long a body may take to arrive; then it is refused (408). 1 s to 1 h, default 20 s.
    /// </summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest answer that may be asked for, 1 to 100,000. Default 1,000.</summary>
    public int MaxLimit { get; init; } = 1000;

    /// <summary>Requests of one batch and events of one call, at least 1; a batch asks for at most 100,000
    /// items in all. Default 1,000.</summary>
    public int MaxBatch { get; init; } = 1000;

    /// <summary>How often the store is asked for a newer version, 10 ms to 1 h. Default 1 s.</summary>
    public TimeSpan RefreshEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether <c>/</c> is the playground. Default true.</summary>
    public bool Playground { get; init; } = true;

    /// <summary>Whether each request is a line of the log. Default false.</summary>
    public bool LogRequests { get; init; }

    /// <summary>
    /// Whether answers are recorded and have an id, so that what came of them can be measured
    /// (docs/online.md), where a request's <c>record</c> does not say it. Default false.
    /// </summary>
    public bool RecordAnswers { get; init; }

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentException">Names the option.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Keys);
        foreach (string key in Keys)
        {
            if (key is not { Length: >= ShortestKey })
                throw new ArgumentException($"a key has at least {ShortestKey} characters", nameof(Keys));
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBodyBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBodyBytes, 1 << 30);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBufferedBytes, MaxBodyBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxUnsentBytes, 1 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(BodyTimeout, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BodyTimeout, TimeSpan.FromHours(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLimit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxLimit, 100_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RefreshEvery, TimeSpan.FromMilliseconds(10));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RefreshEvery, TimeSpan.FromHours(1));
    }

    internal const int ShortestKey = 16;
}
