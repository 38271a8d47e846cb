// The store behind the endpoints: it follows what other processes publish, counts what is being answered, and
// makes observed events durable, those of calls that wait together by one fsync.

using EmbedEngine.Server.Metering;
using Microsoft.Extensions.Logging;

namespace EmbedEngine.Server;

/// <summary>An engine while it is served. Thread-safe.</summary>
internal sealed class ServedStore : IAsyncDisposable
{
    private static readonly TimeSpan s_longestRequest = TimeSpan.FromSeconds(5);

    private readonly bool _ownsEngine;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _following = Task.CompletedTask;
    private Task _flushing = Task.CompletedTask;
    private Task? _nextFlush;
    private int _inFlight;
    private long _buffered;
    private volatile string? _lastFailure;
    private long _unsent;
    private long _lastWorkMs = Environment.TickCount64;
    private bool _left; // a version, at the last look

    public ServedStore(Engine engine, ServeOptions options, ILogger log, bool ownsEngine)
    {
        (Engine, Options, Log, _ownsEngine) = (engine, options, log, ownsEngine);
        Metrics = new MetricsText("EmbedEngine", ServerMeter.Name);
    }

    public Engine Engine { get; }

    public ServeOptions Options { get; }

    public ILogger Log { get; }

    public MetricsText Metrics { get; }

    public ItemTitles Titles { get; } = new();

    /// <summary>Whether the host is about to stop: it answers, and asks for no more requests.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Why the store could not be followed at the last look, or its active version not be opened;
    /// null = all is well.</summary>
    public string? Failure => _lastFailure ?? (Engine.Problem is { } problem ? Told(problem) : null);

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The version that answers whoever asks.</summary>
    public Model Model => Engine.RequireModel();

    /// <summary>Begins to follow what others publish.</summary>
    public void Start() => _following = Task.Run(Follow);

    private async Task Follow()
    {
        using var timer = new PeriodicTimer(Options.RefreshEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false)) TryLook();
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>A look that ends the following for no reason: only a stop does.</summary>
    private void TryLook()
    {
        try
        {
            Look();
        }
        catch (Exception)
        {
            // No memory, or a host's log that throws: the next look may do better.
        }
    }

    /// <summary>
    /// Moves on to a newer version. Requests that run keep the one they began with: its mapping lives as long
    /// as anything refers to it. A store that cannot be asked is told of once, and asked again.
    /// </summary>
    internal void Look()
    {
        string? failure = null;
        try
        {
            if (Engine.Refresh() && Engine.Model is { } model)
            {
                ServeLog.Moved(Log, model.Version.Number, model.Version.Name);
                _left = true;
            }
            else if (_left)
            {
                // By now nothing answers from the version that was left: its mappings go with its objects,
                // which nothing else here would collect for a long time.
                _left = false;
                GC.Collect();
            }
            failure = Engine.Problem is { } problem ? Told(problem) : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failure = Told(e);
        }
        if (failure is not null && failure != _lastFailure) ServeLog.CannotFollow(Log, failure);
        _lastFailure = failure;
    }

    /// <summary>A failure in our words, without the server's directories.</summary>
    public string Told(Exception error)
    {
        string path = Path.TrimEndingDirectorySeparator(Engine.Path);
        return ErrorText.MessageOf(error)
            .Replace($"{path}: ", "", StringComparison.Ordinal)
            .Replace(path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
            .Replace(path, "the store", StringComparison.Ordinal);
    }

    /// <summary>Takes one of the places of requests; false where all are taken.</summary>
    public bool TryEnter()
    {
        Volatile.Write(ref _lastWorkMs, Environment.TickCount64);
        if (Interlocked.Increment(ref _inFlight) <= Options.MaxConcurrency) return true;
        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    public void Leave()
    {
        Volatile.Write(ref _lastWorkMs, Environment.TickCount64);
        Interlocked.Decrement(ref _inFlight);
    }

    /// <summary>Whether no request has been at work for so long; those that only arrive or are only being
    /// sent are not at work.</summary>
    public bool IsIdleFor(TimeSpan time) => InFlight == 0
        && Environment.TickCount64 - Volatile.Read(ref _lastWorkMs) >= (long)time.TotalMilliseconds;

    /// <summary>Takes room for bytes of a body; false where there is none.</summary>
    public bool TryBuffer(long bytes)
    {
        if (Interlocked.Add(ref _buffered, bytes) <= Options.MaxBufferedBytes) return true;
        Interlocked.Add(ref _buffered, -bytes);
        return false;
    }

    /// <summary>Takes room for bytes of a long answer until it is sent; false where there is none.</summary>
    public bool TryHold(long bytes)
    {
        if (Interlocked.Add(ref _unsent, bytes) <= Options.MaxUnsentBytes) return true;
        Interlocked.Add(ref _unsent, -bytes);
        return false;
    }

    public void Unhold(long bytes) => Interlocked.Add(ref _unsent, -bytes);

    public void Unbuffer(long bytes) => Interlocked.Add(ref _buffered, -bytes);

    /// <summary>Ends when everything observed before the call survives a power cut.</summary>
    public Task FlushObserved()
    {
        lock (_gate)
        {
            // One that has not begun will see what was appended by now.
            return _nextFlush ??= FlushAfter(_flushing);
        }
    }

    private async Task FlushAfter(Task before)
    {
        await Task.Yield(); // so that whoever asked has its name under the lock
        await before.ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)
            .ConfigureAwait(false);
        lock (_gate) (_flushing, _nextFlush) = (_nextFlush!, null);
        Engine.FlushObserved();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        // The host has waited for requests; one that was cut off may still be at work.
        long end = Environment.TickCount64 + (long)s_longestRequest.TotalMilliseconds;
        while (InFlight > 0 && Environment.TickCount64 < end) await Task.Delay(5).ConfigureAwait(false);
        Metrics.Dispose();
        _stop.Dispose();
        if (_ownsEngine) Engine.Dispose();
    }
}
