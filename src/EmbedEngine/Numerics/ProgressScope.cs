// Progress and cancellation of one long call, handed down through its stages.
// Worker threads only add to a counter; the calling thread reports, so a handler never needs a lock.

namespace EmbedEngine.Numerics;

/// <summary>
/// What a long operation reports to and asks "shall I stop?". One per call; stages follow each other.
/// </summary>
internal sealed class ProgressScope(ProgressHandler? handler, CancellationToken cancellation)
{
    private const int ReportIntervalMs = 50;

    private string _stage = "";
    private string _unit = "";
    private long _total;
    private long _done;
    private long _lastReportMs;

    public static ProgressScope None { get; } = new(null, CancellationToken.None);

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Seconds spent in each finished stage, in order of first appearance.</summary>
    public Dictionary<string, double> StageSeconds { get; } = [];

    private long _stageStart;

    /// <summary>Starts a stage and, if one was running, ends it.</summary>
    public void Begin(string stage, long total, string unit)
    {
        End();
        (_stage, _total, _unit) = (stage, total, unit);
        Volatile.Write(ref _done, 0);
        _stageStart = System.Diagnostics.Stopwatch.GetTimestamp();
        Report(force: true);
    }

    /// <summary>Counts finished units. Safe from any thread; does not call the handler.</summary>
    public void Add(long units) => Interlocked.Add(ref _done, units);

    /// <summary>Sets the finished units. Calling thread only.</summary>
    public void Set(long done) => Volatile.Write(ref _done, done);

    /// <summary>Changes the expected total of the running stage. Calling thread only.</summary>
    public void SetTotal(long total) => _total = total;

    /// <summary>Reports if it is time to, then throws if the caller cancelled. Calling thread only.</summary>
    public void Poll()
    {
        Report(force: false);
        ThrowIfCancelled();
    }

    /// <summary>
    /// Makes <see cref="ThrowIfCancelled"/> throw from now on: the handler failed, so the call is over.
    /// </summary>
    public void Abandon() => _abandoned = true;

    private volatile bool _abandoned;

    /// <summary>Safe from any thread.</summary>
    public void ThrowIfCancelled()
    {
        if (_abandoned || Cancellation.IsCancellationRequested)
            throw new OperationCanceledException("cancelled by the caller", Cancellation);
    }

    /// <summary>Ends the running stage and reports it as complete.</summary>
    public void End()
    {
        if (_stage.Length == 0) return;
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(_stageStart).TotalSeconds;
        StageSeconds[_stage] = StageSeconds.GetValueOrDefault(_stage) + seconds;
        if (_total > 0) Volatile.Write(ref _done, _total);
        Report(force: true);
        _stage = "";
    }

    /// <summary>
    /// Ends the last stage of a call whose result is durable already: what the handler throws can no longer
    /// undo it.
    /// </summary>
    public void Complete()
    {
        try
        {
            End();
        }
        catch (Exception)
        {
            _stage = "";
        }
    }

    private void Report(bool force)
    {
        if (handler is null) return;
        long now = Environment.TickCount64;
        if (!force && now - _lastReportMs < ReportIntervalMs) return;
        _lastReportMs = now;
        handler(new ProgressReport(_stage, Volatile.Read(ref _done), _total, _unit));
    }
}
