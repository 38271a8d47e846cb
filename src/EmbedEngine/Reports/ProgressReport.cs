namespace EmbedEngine;

/// <summary>One progress report of a long call.</summary>
/// <param name="Stage">What is being done, for example <c>item2vec</c>. Stages run one after another.</param>
/// <param name="Done">Units finished in this stage.</param>
/// <param name="Total">Units in this stage; 0 when not known.</param>
/// <param name="Unit">What is counted: <c>bytes</c>, <c>events</c>, <c>tokens</c>, <c>rows</c>,
/// <c>cases</c>.</param>
public readonly record struct ProgressReport(string Stage, long Done, long Total, string Unit);

/// <summary>
/// Receives progress. Called on the thread that made the long call, at most about twenty times a second
/// and once at the end of each stage. An exception it throws ends the call as if it were cancelled.
/// </summary>
/// <param name="report">The report; valid during the call only.</param>
public delegate void ProgressHandler(in ProgressReport report);

/// <summary>Progress as the framework knows it.</summary>
public static class ProgressExtensions
{
    /// <summary>A handler that hands each report on.</summary>
    /// <param name="progress">For example a <see cref="Progress{T}"/>, which calls back where it was
    /// made.</param>
    public static ProgressHandler ToHandler(this IProgress<ProgressReport> progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return (in ProgressReport report) => progress.Report(report);
    }
}
