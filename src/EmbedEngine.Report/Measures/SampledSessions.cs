namespace EmbedEngine.Report.Measures;

/// <summary>Sessions to be looked at, drawn by chance.</summary>
internal static class SampledSessions
{
    /// <summary>Draws a session more where the last ones were drawn before, or have a single step.</summary>
    private const double DrawsEach = 1.5;

    /// <summary> Different sessions of the log, or of a test file where there is one: those of two steps and
    /// more first, shorter ones where there are too few. </summary>
    public static IReadOnlyList<InspectReport> Of(
        Engine engine, ReportOptions options, ProgressHandler? progress, CancellationToken cancellation)
    {
        var drawn = new Dictionary<string, InspectReport>();
        int wanted = options.Sessions;
        for (int draw = 0; draw < wanted * DrawsEach; draw++)
        {
            if (drawn.Values.Count(r => r.Steps.Count > 1) >= wanted) break;
            InspectReport report;
            try
            {
                report = engine.Inspect(
                    new InspectOptions
                    {
                        Test = options.Test, TestOptions = options.TestOptions, K = options.K,
                        Steps = options.Steps, Seed = options.Seed + (ulong)draw,
                    },
                    progress, cancellation);
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.Unknown)
            {
                break; // No session has two events: there is nothing to replay.
            }
            drawn.TryAdd(report.Session, report);
        }
        return [.. drawn.Values.Where(r => r.Steps.Count > 0)
            .OrderByDescending(r => r.Steps.Count > 1).Take(wanted)];
    }
}
